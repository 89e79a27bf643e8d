/**
 * A text with images in it, as bytes: each image's base64 goes once into its place, never through a JSON encoder.
 * @param pieces texts, and images as bytes
 */
export function joinPieces (pieces: ReadonlyArray<string | Buffer>): Buffer {
  const joined = Buffer.allocUnsafe(pieces.reduce((sum, piece) => sum + (typeof piece === 'string' ? Buffer.byteLength(piece) : Math.ceil(piece.length / 3) * 4), 0))
  let at = 0
  for (const piece of pieces) {
    at += typeof piece === 'string' ? joined.write(piece, at) : joined.write(piece.toString('base64'), at, 'latin1')
  }
  return joined
}
