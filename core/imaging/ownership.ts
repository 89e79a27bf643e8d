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

/**
 * What is in a view for another thread to have, without a copy where the buffer is the view's alone. The view is empty after it.
 * Only on the main thread: what a decoder has made goes with the thread on which it did so, while others may still look at it.
 */
export function surrendered ({ buffer, byteOffset, byteLength }: Uint8Array | Uint16Array): Uint8Array<ArrayBuffer> {
  // By this move it loses the mark of buffers from outside of JavaScript that they cannot be moved between threads.
  if (buffer instanceof ArrayBuffer && byteLength === buffer.byteLength) return new Uint8Array(buffer.transfer())
  return Uint8Array.from(new Uint8Array(buffer, byteOffset, byteLength))
}
