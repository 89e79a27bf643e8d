import { boundsOf } from './canvas.ts'
import type { Canvas } from './canvas.ts'
import type { Random } from './random.ts'

/** Patches are squares of 2 · reach + 1 pixels. */
export const reach = 3

/**
 * Says for patches on a grid over the hole where their content comes from. A slot is one patch of the grid,
 * `row · columns.length + column`.
 */
export interface PatchField {
  /** x of the patches' centres, ascending. */
  readonly columns: Int32Array
  /** y of the patches' centres, ascending. */
  readonly rows: Int32Array
  /** By slot: the pixel (y · width + x) in the centre of the patch to copy; -1 where the patch touches no hole. */
  readonly source: Int32Array
  /** By slot: how badly the two patches agree, as a sum of squared differences of colours. */
  readonly cost: Int32Array
  /** By slot, three each: what to add to red, green and blue of the copy, so that shading continues. */
  readonly bias: Float32Array
}

/** Where content may come from: the centres of patches that are known whole. */
export interface Sources {
  /** By pixel: 1 = such a centre. */
  readonly valid: Uint8Array
  readonly count: number
  /** Every so many-th centre, for picking at random. */
  readonly sample: Int32Array
}

export function findSources (canvas: Canvas): Sources {
  const { width, height, hole } = canvas
  const side = 2 * reach + 1
  const valid = new Uint8Array(width * height)
  // By column: rows in a row, so far, whose last `side` pixels are all known.
  const runs = new Uint32Array(width)
  let count = 0
  for (let y = 0; y < height; y++) {
    let run = 0
    for (let x = 0; x < width; x++) {
      run = hole[y * width + x] === 0 ? run + 1 : 0
      runs[x] = run >= side ? runs[x] + 1 : 0
      if (runs[x] < side) continue
      valid[(y - reach) * width + x - reach] = 1
      count++
    }
  }
  const step = Math.max(1, Math.floor(count / 65536))
  const sample = new Int32Array(Math.ceil(count / step))
  let seen = 0
  for (let p = 0; p < valid.length; p++) {
    if (valid[p] === 1 && seen++ % step === 0) sample[(seen - 1) / step] = p
  }
  return { valid, count, sample }
}

/** A grid over the hole with nothing assigned yet (source 0 where the patch touches the hole). The canvas holds at least one patch. */
export function createField (canvas: Canvas, stride: number): PatchField {
  const { width, height } = canvas
  const box = boundsOf(canvas.hole, width, height)
  const columns = centres(box.left, box.right, width, stride)
  const rows = centres(box.top, box.bottom, height, stride)
  const slots = columns.length * rows.length
  const source = new Int32Array(slots).fill(-1)
  for (let j = 0, slot = 0; j < rows.length; j++) {
    for (let i = 0; i < columns.length; i++, slot++) {
      if (touchesHole(canvas, columns[i], rows[j])) source[slot] = 0
    }
  }
  return { columns, rows, source, cost: new Int32Array(slots), bias: new Float32Array(slots * 3) }
}

/**
 * The field of a canvas twice as large, from that of its half: what was copied from n pixels away there is copied from 2 n
 * pixels away here. Where that is no valid source, a near one is taken, else one at random.
 */
export function enlargeField (half: PatchField, halfWidth: number, canvas: Canvas, sources: Sources, stride: number, random: Random): PatchField {
  const field = createField(canvas, stride)
  const { columns, rows, source, bias } = field
  for (let j = 0, slot = 0; j < rows.length; j++) {
    for (let i = 0; i < columns.length; i++, slot++) {
      if (source[slot] < 0) continue
      source[slot] = -1
      const from = nearestSlot(half, columns[i] >> 1, rows[j] >> 1)
      if (from >= 0) {
        const there = half.source[from]
        const dx = there % halfWidth - half.columns[from % half.columns.length]
        const dy = Math.floor(there / halfWidth) - half.rows[Math.floor(from / half.columns.length)]
        source[slot] = nearestSource(canvas, sources, columns[i] + 2 * dx, rows[j] + 2 * dy)
        bias.set(half.bias.subarray(from * 3, from * 3 + 3), slot * 3)
      }
      if (source[slot] < 0) source[slot] = sources.sample[Math.floor(random() * sources.sample.length)]
    }
  }
  return field
}

function centres (from: number, to: number, side: number, stride: number): Int32Array {
  const first = Math.max(reach, from - reach)
  const last = Math.min(side - 1 - reach, to - 1 + reach)
  const count = Math.ceil(Math.max(0, last - first) / stride) + 1
  return Int32Array.from({ length: count }, (_, i) => Math.min(first + i * stride, last))
}

function touchesHole ({ hole, width }: Canvas, x: number, y: number): boolean {
  if (hole[y * width + x] === 1) return true
  for (let v = y - reach; v <= y + reach; v++) {
    for (let p = v * width + x - reach; p <= v * width + x + reach; p++) {
      if (hole[p] === 1) return true
    }
  }
  return false
}

/** The assigned slot nearest to a point, at most two grid steps away; -1 when there is none. */
function nearestSlot ({ columns, rows, source }: PatchField, x: number, y: number): number {
  const i = indexNear(columns, x)
  const j = indexNear(rows, y)
  for (let ring = 0; ring <= 2; ring++) {
    for (let v = Math.max(0, j - ring); v <= Math.min(rows.length - 1, j + ring); v++) {
      for (let u = Math.max(0, i - ring); u <= Math.min(columns.length - 1, i + ring); u++) {
        if (source[v * columns.length + u] >= 0) return v * columns.length + u
      }
    }
  }
  return -1
}

function indexNear (centres: Int32Array, at: number): number {
  const stride = centres.length > 1 ? centres[1] - centres[0] : 1
  return Math.max(0, Math.min(centres.length - 1, Math.round((at - centres[0]) / stride)))
}

function nearestSource ({ width, height }: Canvas, { valid }: Sources, x: number, y: number): number {
  for (let ring = 0; ring <= 2 * reach; ring++) {
    for (let v = Math.max(0, y - ring); v <= Math.min(height - 1, y + ring); v++) {
      const step = Math.abs(v - y) === ring || ring === 0 ? 1 : 2 * ring
      for (let u = x - ring; u <= x + ring; u += step) {
        if (u >= 0 && u < width && valid[v * width + u] === 1) return v * width + u
      }
    }
  }
  return -1
}
