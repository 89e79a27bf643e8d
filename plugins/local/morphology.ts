/** Where the whole square of `radius` pixels around a pixel is 1, as far as it lies inside the image: 1, elsewhere 0. */
export function shrink (map: Uint8Array, width: number, radius: number): Uint8Array {
  const across = new Uint8Array(map.length)
  const size = 2 * radius + 1
  for (let start = 0; start < map.length; start += width) {
    // What lies outside the image is as good as 1.
    let run = radius
    for (let x = 0; x < width + radius; x++) {
      run = x >= width || map[start + x] === 1 ? run + 1 : 0
      if (run >= size && x >= radius) across[start + x - radius] = 1
    }
  }
  const shrunk = new Uint8Array(map.length)
  const runs = new Int32Array(width).fill(radius)
  const height = map.length / width
  for (let y = 0; y < height + radius; y++) {
    for (let x = 0; x < width; x++) {
      runs[x] = y >= height || across[y * width + x] === 1 ? runs[x] + 1 : 0
      if (runs[x] >= size && y >= radius) shrunk[(y - radius) * width + x] = 1
    }
  }
  return shrunk
}

/** Where any pixel of the square of `radius` pixels around a pixel is 1: 1, elsewhere 0. */
export function swell (map: Uint8Array, width: number, radius: number): Uint8Array {
  const rest = shrink(map.map(value => 1 - value), width, radius)
  for (let p = 0; p < rest.length; p++) rest[p] = 1 - rest[p]
  return rest
}
