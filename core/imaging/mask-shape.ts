import type { EditMask } from '../request.ts'
import { pixelPool } from './codec.ts'
import { copied, inThread } from './pixel-threads.ts'

export interface MaskShape {
  /** Pixels by which the edited region grows in every direction. */
  readonly grow: number
  /** Pixels to both sides of its edge over which the region fades out. */
  readonly feather: number
}

/** The mask grown first, then feathered. */
export async function shapeMask (mask: EditMask, shape: MaskShape): Promise<EditMask> {
  if (shape.grow === 0 && shape.feather === 0) return mask
  const { width, height } = mask
  const pixels = await pixelPool(width * height, async () => {
    const copy = await copied(mask.pixels)
    return await inThread('shape', { mask: { pixels: copy, width, height }, ...shape }, [copy])
  })
  return { pixels, width, height }
}
