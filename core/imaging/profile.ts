/**
 * The name of a colour profile (ICC, versions 2 and 4), from its description tag: e.g. "Display P3".
 * null for sRGB in all its spellings, since that is what an image without a profile is; "unnamed" when it says nothing legible.
 */
export function profileName (icc: Buffer): string | null {
  const name = describe(icc).replace(/[\p{Cc}\p{Cf}]/gu, '').trim().slice(0, longestName) || 'unnamed'
  // Linear variants are other curves under the same name.
  return /\bs\s?RGB\b/i.test(name) && !/linear/i.test(name) ? null : name
}

const longestName = 100
const headerLength = 128
const tagLength = 12

function describe (icc: Buffer): string {
  const tag = findTag(icc)
  if (tag.length < 16) return ''
  const type = tag.toString('latin1', 0, 4)
  if (type === 'desc') return slice(tag, 12, tag.readUInt32BE(8)).toString('latin1')
  if (type === 'mluc') return localized(tag)
  return ''
}

/** The bytes of the `desc` tag, empty when there is none. */
function findTag (icc: Buffer): Buffer {
  const count = icc.length < headerLength + 4 ? 0 : icc.readUInt32BE(headerLength)
  for (let i = 0, at = headerLength + 4; i < count && at + tagLength <= icc.length; i++, at += tagLength) {
    if (icc.toString('latin1', at, at + 4) === 'desc') return slice(icc, icc.readUInt32BE(at + 4), icc.readUInt32BE(at + 8))
  }
  return Buffer.alloc(0)
}

/** Multi-localized Unicode: the English record, else the first. */
function localized (tag: Buffer): string {
  const count = tag.readUInt32BE(8)
  const recordLength = Math.max(tagLength, tag.readUInt32BE(12))
  let name = ''
  for (let i = 0, at = 16; i < count && at + tagLength <= tag.length; i++, at += recordLength) {
    const english = tag.toString('latin1', at, at + 2) === 'en'
    if (i > 0 && !english) continue
    const text = slice(tag, tag.readUInt32BE(at + 8), tag.readUInt32BE(at + 4))
    name = new TextDecoder('utf-16be').decode(text)
    if (english) break
  }
  return name
}

/** As much of it as there is: offsets in a profile are not to be trusted. */
const slice = (bytes: Buffer, start: number, length: number): Buffer => bytes.subarray(start, start + length)
