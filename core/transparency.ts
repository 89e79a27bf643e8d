import type { Operation } from './operations.ts'
import type { EditRequest } from './request.ts'

/** Operations that leave the outline of what they edit; the others fill it, cut it out or lay it on something. */
const keepsOutline: ReadonlySet<Operation> = new Set(['outpaint', 'search_replace', 'search_recolor', 'general_edit'])

/** Is an image that may be transparent in parts to be so in its result too? */
export function keepsTransparency ({ operation, images: [{ alpha }], output: { format, background = 'transparent' } }: EditRequest): boolean {
  return alpha && keepsOutline.has(operation) && format !== 'image/jpeg' && background === 'transparent'
}
