import sharp from 'sharp'
import t from 'tap'
import { bytesAnswer, jsonAnswer, type Answer } from '../vendors/answer.ts'
import { meets, ofJob, sabotaged, testRow, type Row } from './matrix.ts'
import { broken } from './sabotages.ts'
import { size } from './vendor.ts'

t.jobs = 8

const picture = await sharp({ create: { ...size, channels: 3, background: '#c63' } }).png().toBuffer()
const noise = await sharp({ create: { ...size, channels: 3, background: '#888', noise: { type: 'gaussian', mean: 128, sigma: 60 } } }).png().toBuffer()
const shows = (type: string, body: Buffer | string): Row['arrange'] => meets({ change: () => bytesAnswer(200, type, body) })
const says = (answer: Answer): Row['arrange'] => meets({ change: () => answer })

/** It answers, and nobody can make anything of it: it may have charged. */
const unreadable: Row[] = [
  ...Object.entries(broken).map(([fault, sabotage]) => ({ fault, arrange: sabotaged(sabotage) })),
  { fault: 'a reset after half of the body', arrange: meets('truncated_body') },
  { fault: 'a page in place of an answer', arrange: meets('html_200') },
  { fault: 'an answer without a body', arrange: meets('empty_200') },
  { fault: 'a 204', arrange: says(jsonAnswer(204, null)) },
  { fault: 'JSON that breaks off', arrange: says({ ...jsonAnswer(200, {}), body: Buffer.from('{"id":"abc","stat') }) },
  { fault: 'JSON with other fields', arrange: meets('other_json_200') },
  { fault: 'JSON that goes for the prototype', arrange: says({ ...jsonAnswer(200, {}), body: Buffer.from('{"__proto__":{"id":"abc","status":"queued"}}') }) },
  { fault: 'a redirect to the cloud\'s metadata', arrange: says({ ...jsonAnswer(307, null), headers: { location: 'http://169.254.169.254/latest/meta-data' } }) },
  { fault: 'a redirect to itself', arrange: says({ ...jsonAnswer(302, null), headers: { location: '/v1/edits' } }) }
].map(row => ({ ...row, code: 'EDIT_ERR_PROVIDER_RESPONSE', billed: 'maybe' }))

for (const row of unreadable) {
  testRow(t, row)
  testRow(t, ofJob(row))
}

/** It answers with a picture that is none: that is paid for. */
const noPicture: Row[] = [
  { fault: 'a picture that is none', arrange: meets('garbage_body') },
  { fault: 'a picture that breaks off', arrange: shows('image/png', noise.subarray(0, noise.length / 2)) },
  { fault: 'a PNG with nothing but its head', arrange: shows('image/png', picture.subarray(0, 40)) },
  { fault: 'an SVG', arrange: shows('image/svg+xml', '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>') },
  { fault: 'a PDF', arrange: shows('image/png', '%PDF-1.7\n%âãÏÓ\n1 0 obj') },
  // 60,000 × 60,000 in 33 bytes.
  { fault: 'a picture that is too large to decode', arrange: shows('image/png', Buffer.concat([picture.subarray(0, 16), Buffer.from('0000ea600000ea60', 'hex'), picture.subarray(24)])) }
].map(row => ({ ...row, code: 'EDIT_ERR_OUTPUT_REJECTED', billed: 'yes' }))

for (const row of noPicture) testRow(t, row)

/** Nothing is wrong with these. */
const harmless: Row[] = [
  { fault: 'a picture of another type than was asked for', arrange: shows('image/png', await sharp(picture).jpeg().toBuffer()) },
  { fault: 'a picture of another type than it says', arrange: shows('image/webp', picture) },
  { fault: 'an answer in eight slow pieces', arrange: meets('slow_body:10') },
  { fault: 'an answer that takes its time', arrange: meets('delay:150') }
].map(row => ({ ...row, code: null, billed: 'yes' }))

for (const row of harmless) testRow(t, row)
