/**
 * Gives memory back that nobody looks at any more, at once: what is in it is gone, and its views are empty. The garbage collector would find
 * it, too, but it searches the whole heap each time that some tens of megabytes have come together, which takes longer than the work on
 * a picture does. A view of a part of a buffer is left alone: others may have theirs.
 */
export function release (...views: ReadonlyArray<Uint8Array | Uint16Array>): void {
  for (const { buffer, byteLength } of views) {
    if (buffer instanceof ArrayBuffer && byteLength > 0 && byteLength === buffer.byteLength) buffer.transfer(0)
  }
}
