import { join } from 'node:path'
import OpenAI, { toFile, type ClientOptions } from 'openai'
import sharp from 'sharp'
import type { Test } from 'tap'
import type { FastifyInstance } from 'fastify'
import { draw, open, type Picture } from '../../core/imaging/pictures.ts'
import { buildStudio } from '../http-edit/studio.ts'

export const fixtures = join(import.meta.dirname, '../../fixtures')
export const width = 96
export const height = 80

/** Smooth, with grain: a pixel that is not the image's shows. */
export const photo = draw(width, height, 3, (x, y) => [0, 1, 2].map(n => Math.round(100 + 50 * Math.sin(x / 30 + n) + 30 * Math.cos(y / 25) + 4 * Math.sin(x * 12.9 + y * 78.2 + n))))
export const isMasked = (x: number, y: number) => Math.hypot(x - 48, y - 40) < 20
/** As OpenAI has it: what is transparent is edited. */
const holes = draw(width, height, 4, (x, y) => [0, 0, 0, isMasked(x, y) ? 0 : 255])
const png = async (picture: Picture) => await open(picture).png().toBuffer()
export const [image, mask] = await Promise.all([photo, holes].map(png))
/** Of the image's size, without transparency. */
export const flat = await png(draw(width, height, 1, (x, y) => [isMasked(x, y) ? 255 : 0]))

export const file = async (bytes = image, name = 'a.png') => await toFile(bytes, name, { type: 'image/png' })
export const dataUrl = (bytes: Buffer) => `data:image/png;base64,${bytes.toString('base64')}`

/** A result's pixels, RGB. */
export async function pixelsOf (base64: string | undefined): Promise<Picture> {
  const { data, info } = await sharp(Buffer.from(base64 ?? '', 'base64'), { ignoreIcc: true }).removeAlpha().toColourspace('srgb').raw().toBuffer({ resolveWithObject: true })
  return { data, width: info.width, height: info.height, channels: 3 }
}

/** Pixels that are not the photo's, where the mask lets them be others and where not. */
export function changes ({ data }: Picture): { masked: number, kept: number } {
  const counted = { masked: 0, kept: 0 }
  for (let at = 0; at < width * height; at++) {
    const isSame = [0, 1, 2].every(channel => data[at * 3 + channel] === photo.data[at * 3 + channel])
    if (!isSame) counted[isMasked(at % width, Math.floor(at / width)) ? 'masked' : 'kept']++
  }
  return counted
}

export const maskedPixels = changes(draw(width, height, 3, () => [0, 0, 0])).masked

/** Whatever OpenAI's types do not have. */
export function more<T extends object> (own: T, extra: object): T {
  return { ...own, ...extra }
}

export interface Requests {
  /** How many came over the wire. */
  count: number
}

/** OpenAI's own library before the whole service, which listens. */
export async function clientOf (app: FastifyInstance, options: ClientOptions = {}) {
  const requests: Requests = { count: 0 }
  const url = await app.listen({ port: 0, host: '127.0.0.1' })
  app.server.on('request', () => { requests.count++ })
  const client = new OpenAI({ apiKey: 'sesame', baseURL: `${url}/v1`, maxRetries: 0, ...options })
  return { client, requests, url }
}

/** With the providers of the studio fixtures, and those of the service that are kept. */
export async function buildService (t: Test, settings: object = {}, kept: Readonly<Record<string, object>> = {}) {
  const { app, logs } = await buildStudio(t, settings, kept)
  return { app, logs, ...await clientOf(app) }
}

/** Answers of the API as JSON, without a library between. */
export function poster (app: FastifyInstance) {
  return async (payload: object | string, headers: Record<string, string> = {}) => {
    const response = await app.inject({ method: 'POST', url: '/v1/images/edits', payload, headers: { 'content-type': 'application/json', ...headers } })
    return { status: response.statusCode, headers: response.headers, text: response.payload, body: response.headers['content-type']?.startsWith('application/json') ? response.json() : undefined }
  }
}
