import { availableParallelism } from 'node:os'
import { extname } from 'node:path'
import { setImmediate as yieldToOthers } from 'node:timers/promises'
import type { Piscina } from 'piscina'
import type * as Work from './pixel-work.ts'

type Name = keyof typeof Work
type Task<N extends Name> = Parameters<typeof Work[N]>[0]
type Answer<N extends Name> = Awaited<ReturnType<typeof Work[N]>>['value']

// Built, this file ends in .js, and so does its neighbour.
const filename = new URL(`./pixel-work${extname(import.meta.url)}`, import.meta.url).href
const threads = Math.min(3, availableParallelism())

let opening: Promise<Piscina> | undefined

/**
 * Does work on single pixels on a thread, so that the service goes on answering meanwhile. Nothing is loaded and no thread
 * started before the first task; a thread that has nothing to do does not keep the process alive. How much runs at once is
 * for `pixelPool` to say.
 *
 * @param handOver buffers that the task owns from then on: they are moved, not copied.
 */
export async function inThread<N extends Name> (name: N, task: Task<N>, handOver: readonly ArrayBuffer[] = []): Promise<Answer<N>> {
  opening ??= open()
  const pool = await opening
  // piscina declares the type of another overload of postMessage, and cannot know what a worker's function answers.
  return await pool.run(task, { name, transferList: handOver as never }) as Answer<N>
}

async function open (): Promise<Piscina> {
  const { Piscina } = await import('piscina')
  return new Piscina({ filename, minThreads: 1, maxThreads: threads, idleTimeout: 30_000 })
}

/** Bytes that are copied in one go: about a millisecond. */
const stretch = 2 * 1024 * 1024

/** The bytes where all threads can read them. To post them copies them too, but all at once: that holds up every other request. */
export async function share (bytes: Uint8Array): Promise<Uint8Array<SharedArrayBuffer>> {
  const shared = new Uint8Array(new SharedArrayBuffer(bytes.length))
  for (let at = 0; at < bytes.length; at += stretch) {
    if (at > 0) await yieldToOthers()
    shared.set(bytes.subarray(at, at + stretch), at)
  }
  return shared
}
