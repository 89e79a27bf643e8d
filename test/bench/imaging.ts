import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Bench } from './bench.ts'
import { root } from './process.ts'
import { median, range } from './statistics.ts'

export interface ImagingFigures {
  /** Milliseconds: CPU of all threads on the way in and on the way back, and the time both took. */
  readonly samples: ReadonlyArray<{ readonly in: number, readonly out: number, readonly wall: number }>
  /** Milliseconds of CPU for decoding both pictures and encoding one. */
  readonly codec: readonly number[]
  /** Peak over what the process had before its first large edit, MiB. */
  readonly memory: number
  /** Longest time that the event loop was held up by work of its own, milliseconds. */
  readonly stall: number
}

interface Case {
  readonly width: number
  readonly height: number
  readonly format: 'png' | 'jpeg' | 'webp'
  readonly cpuMs: number
}

const cases: readonly Case[] = [
  ...(['png', 'jpeg', 'webp'] as const).map(format => ({ width: 1024, height: 1024, format, cpuMs: 60 })),
  ...(['png', 'jpeg'] as const).map(format => ({ width: 6000, height: 4000, format, cpuMs: 1000 }))
]
const mostDecoded = 6
const longestStall = 10

/** What an edit with a mask costs beside the model: the way in and the way back, with a fixed result. */
export async function imaging (bench: Bench): Promise<void> {
  for (const { width, height, format, cpuMs } of cases) {
    const isLarge = width > 2000
    // Its pictures alone take seconds to make.
    if (bench.quick && isLarge && format === 'jpeg') continue
    const repetitions = bench.quick ? (isLarge ? 2 : 5) : (isLarge ? 5 : 15)
    const { stdout } = await promisify(execFile)(process.execPath,
      [join(import.meta.dirname, 'imaging-run.ts'), ...[width, height, format, repetitions].map(String)],
      { cwd: root, env: { PATH: process.env.PATH, NODE_NO_WARNINGS: '1' } })
    const figures: ImagingFigures = JSON.parse(stdout)
    const { samples, codec, memory, stall } = figures
    const sums = samples.map(sample => sample.in + sample.out)
    const decoded = memory / (width * height * 3 / 2 ** 20)
    const verdict = (isMet: boolean) => isMet ? 'ok' : 'MISSED'
    const name = `${width}×${height} ${format}`
    bench.keep(name, figures)
    bench.print(`${name.padEnd(15)} CPU ${range(sums)} ms, in ${median(samples.map(sample => sample.in)).toFixed(0)} and out ${median(samples.map(({ out }) => out)).toFixed(0)} (goal: under ${cpuMs}: ${verdict(median(sums) < cpuMs)}), the codec alone ${median(codec).toFixed(0)}; wall ${range(samples.map(({ wall }) => wall))} ms`)
    bench.print(`${''.padEnd(15)} memory + ${memory.toFixed(0)} MiB${isLarge ? `, ${decoded.toFixed(1)} decoded images (goal: under ${mostDecoded}: ${verdict(decoded < mostDecoded)})` : ''}; longest stall ${stall.toFixed(1)} ms (goal: at most ${longestStall}: ${verdict(stall <= longestStall)})`)
  }
}
