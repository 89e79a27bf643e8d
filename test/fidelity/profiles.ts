/** An ICC profile of version 2 for RGB: primaries as XYZ under D50, and one gamma for all channels. */
export function rgbProfile (name: string, primaries: Readonly<Record<'r' | 'g' | 'b', readonly [number, number, number]>>, gamma: number): Buffer {
  const fixed = (values: readonly number[]) => words(values.map(value => Math.round(value * 0x10000)))
  const xyz = (values: readonly number[]) => Buffer.concat([Buffer.from('XYZ \0\0\0\0'), fixed(values)])
  const curve = Buffer.concat([Buffer.from('curv\0\0\0\0'), words([1]), Buffer.from([Math.floor(gamma), Math.round(gamma % 1 * 256), 0, 0])])
  const text = `${name}\0`
  const tags: ReadonlyArray<readonly [string, Buffer]> = [
    ['desc', Buffer.concat([Buffer.from('desc\0\0\0\0'), words([text.length]), Buffer.from(text), Buffer.alloc(78 + (4 - (text.length + 78 + 12) % 4) % 4)])],
    ['cprt', Buffer.from('text\0\0\0\0CC0\0')],
    ['wtpt', xyz([0.9642, 1, 0.8249])],
    ['rXYZ', xyz(primaries.r)], ['gXYZ', xyz(primaries.g)], ['bXYZ', xyz(primaries.b)],
    ['rTRC', curve], ['gTRC', curve], ['bTRC', curve]
  ]
  let at = 128 + 4 + tags.length * 12
  const table = tags.map(([signature, data]) => {
    const entry = Buffer.concat([Buffer.from(signature), words([at, data.length])])
    at += data.length
    return entry
  })
  const header = Buffer.alloc(128)
  header.writeUInt32BE(at)
  header.write('\x02\x10\0\0mntrRGB XYZ ', 8, 'latin1')
  header.write('acsp', 36)
  fixed([0.9642, 1, 0.8249]).copy(header, 68)
  return Buffer.concat([header, words([tags.length]), ...table, ...tags.map(([, data]) => data)])
}

/** A wide space with the primaries of Adobe RGB (1998) and its gamma; the name is ours. */
export const wideProfile = rgbProfile('Wide Studio RGB', {
  r: [0.60974, 0.31111, 0.01947], g: [0.20528, 0.62567, 0.06087], b: [0.14919, 0.06322, 0.74457]
}, 2.2)

function words (values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 4)
  values.forEach((value, index) => bytes.writeUInt32BE(value, index * 4))
  return bytes
}
