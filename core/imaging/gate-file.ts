import type { EditImage } from '../request.ts'
import { decode } from './decode.ts'
import { measureAlone, type Figures, type Question } from './gate-figures.ts'
import { readHeader, type Header } from './header.ts'
import { ownLimits } from './limits.ts'

/** Longer side in which a picture is looked at that cannot be compared, pixels: little enough for the event loop. */
const side = 128

/**
 * The figures of a result that cannot be compared with its image: it has another shape, or the image is damaged.
 * @throws EDIT_ERR_IMAGE_INVALID when the result does not decode
 */
export async function measureFile (result: Header, image: EditImage, question: Question): Promise<Figures> {
  const alone = await measured(result, question)
  try {
    const { contrast } = await measured(await readHeader(image.bytes, 'image', ownLimits(image.bytes, image)), { transparency: false })
    return { ...alone, imageContrast: contrast }
  } catch {
    // A damaged image tells nothing, which is no fault of the result.
    return { ...alone, imageContrast: 0 }
  }
}

async function measured (header: Header, question: Pick<Question, 'transparency'>): Promise<Figures> {
  const scale = Math.min(1, side / Math.max(header.width, header.height))
  const scaledTo = { width: Math.max(1, Math.round(header.width * scale)), height: Math.max(1, Math.round(header.height * scale)) }
  return measureAlone(await decode(header, { grey: false, deep: false, colours: 'srgb', reshape: { scaledTo } }), question)
}
