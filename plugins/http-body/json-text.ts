import { isUtf8 } from 'node:buffer'

/** @throws {SyntaxError} when the bytes cannot be the inside of a JSON string */
export function readText (raw: Buffer): string {
  if (!isUtf8(raw)) throw new SyntaxError('not UTF-8')
  return String(JSON.parse(`"${raw.toString()}"`))
}

const backslash = 0x5c

/** Bytes from the start of the inside of a JSON string that end in no half character, no half escape and no half pair of surrogates. */
export function wholeLength (raw: Buffer): number {
  const end = raw.length - halfCharacter(raw)
  const at = raw.lastIndexOf(backslash, end - 1)
  const begins = at >= Math.max(0, end - 6) && runBefore(raw, at + 1) % 2 === 1
  const whole = begins && at + (raw[at + 1] === u ? 6 : 2) > end ? at : end
  return endsInHigh(raw, whole) ? whole - 6 : whole
}

const u = 0x75

function endsInHigh (raw: Buffer, end: number): boolean {
  return end >= 6 && /^\\u[dD][89abAB]/.test(raw.toString('latin1', end - 6, end)) && runBefore(raw, end - 5) % 2 === 1
}

/** How many backslashes stand in a row before a place. */
export function runBefore (raw: Buffer, end: number, start = 0): number {
  let at = end
  while (at > start && raw[at - 1] === backslash) at--
  return end - at
}

/** Bytes at the end that begin a character of UTF-8 and do not end it. */
function halfCharacter (raw: Buffer): number {
  for (let back = 1; back <= Math.min(3, raw.length); back++) {
    const byte = raw.readUInt8(raw.length - back)
    if (byte < 0x80) return 0
    if (byte >= 0xc0) return (byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2) > back ? back : 0
  }
  return 0
}
