import { readdirSync, readFileSync, writeFileSync } from 'node:fs'

/** What threads have run so far, by process and thread. */
export type Clock = ReadonlyMap<string, { readonly kind: ThreadKind, readonly ms: number }>

/** `main`: JavaScript and sockets; `pixels`: libuv's threads and worker threads, where images are decoded; `engine`: V8's own. */
export type ThreadKind = 'main' | 'pixels' | 'engine'

export type Cpu = Readonly<Record<ThreadKind | 'total', number>>

/**
 * Reads the clocks of a process and its children, in nanoseconds of the scheduler: ticks of 10 ms would be too coarse.
 * A thread that has ended has taken its time with it, so what ends between two readings is not counted.
 */
export function readClock (pid: number): Clock {
  const clock = new Map<string, { kind: ThreadKind, ms: number }>()
  for (const member of treeOf(pid)) {
    for (const thread of unlessGone(() => readdirSync(`/proc/${member}/task`)) ?? []) {
      const path = `/proc/${member}/task/${thread}`
      const ran = unlessGone(() => readFileSync(`${path}/schedstat`, 'utf8'))
      const name = unlessGone(() => readFileSync(`${path}/comm`, 'utf8'))
      if (ran === undefined || name === undefined) continue
      clock.set(`${member}/${thread}`, { kind: kindOf(name.trim(), thread === String(member)), ms: Number(ran.split(' ')[0]) / 1e6 })
    }
  }
  return clock
}

/** Milliseconds of CPU between two readings. */
export function cpuBetween (before: Clock, after: Clock): Cpu {
  const cpu = { main: 0, pixels: 0, engine: 0, total: 0 }
  for (const [thread, { kind, ms }] of after) {
    const ran = ms - (before.get(thread)?.ms ?? 0)
    cpu[kind] += ran
    cpu.total += ran
  }
  return cpu
}

/** Memory of a process and its children now and at most, MiB. */
export function memoryOf (pid: number): { now: number, peak: number } {
  const sizes = treeOf(pid).map(member => unlessGone(() => readFileSync(`/proc/${member}/status`, 'utf8')) ?? '')
  const sum = (name: string) => sizes.reduce((total, text) => total + Number(new RegExp(`${name}:\\s+(\\d+)`).exec(text)?.[1] ?? 0), 0) / 1024
  return { now: sum('VmRSS'), peak: sum('VmHWM') }
}

/** The peak begins anew at what is used now. */
export function forgetPeak (pid: number): void {
  for (const member of treeOf(pid)) writeFileSync(`/proc/${member}/clear_refs`, '5')
}

function treeOf (pid: number): number[] {
  const children = unlessGone(() => readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8')) ?? ''
  return [pid, ...children.split(' ').filter(text => text.trim() !== '').flatMap(child => treeOf(Number(child)))]
}

function kindOf (name: string, isFirst: boolean): ThreadKind {
  if (isFirst) return 'main'
  return /^(libuv-worker|WorkerThread)/.test(name) ? 'pixels' : 'engine'
}

/** Processes and threads may end while they are read. */
function unlessGone<T> (read: () => T): T | undefined {
  try {
    return read()
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ESRCH')) return undefined
    throw error
  }
}
