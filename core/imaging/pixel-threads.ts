import { availableParallelism } from 'node:os'
import { extname } from 'node:path'
import { setImmediate as yieldToOthers } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import type { Piscina } from 'piscina'
import type * as Work from './pixel-work.ts'
import { loadSharp } from './sharp.ts'

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
 * @param handOver what the task owns from then on, whole buffers of it: they are moved, not copied, and freed after it.
 */
export async function inThread<N extends Name> (name: N, task: Task<N>, handOver: ReadonlyArray<Uint8Array<ArrayBuffer>> = []): Promise<Answer<N>> {
  opening ??= open()
  const pool = await opening
  // piscina declares the type of another overload of postMessage, and cannot know what a worker's function answers.
  return await pool.run(task, { name, transferList: handOver.map(({ buffer }) => buffer) as never }) as Answer<N>
}

async function open (): Promise<Piscina> {
  const { Piscina } = await import('piscina')
  // Its threads find it set up: to do so anew would fail whoever decodes meanwhile.
  loadSharp()
  // For threads that start from now on. What comes and goes on them are pictures, beside a small heap that hardly changes: without it V8
  // searches all of that heap for every second picture, which is a tenth of the work on it.
  setFlagsFromString('--initial-old-space-size=64')
  return new Piscina({ filename, minThreads: 1, maxThreads: threads, idleTimeout: 30_000 })
}

/** Bytes that are copied in one go: about a millisecond. */
const stretch = 2 * 1024 * 1024

/** A copy that can be handed over. To post bytes copies them too, but all at once: that holds up every other request. */
export async function copied (bytes: Uint8Array): Promise<Uint8Array<ArrayBuffer>> {
  const copy = new Uint8Array(bytes.length)
  for (let at = 0; at < bytes.length; at += stretch) {
    if (at > 0) await yieldToOthers()
    copy.set(bytes.subarray(at, at + stretch), at)
  }
  return copy
}
