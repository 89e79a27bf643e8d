import { losesProfile } from './fit-bytes.ts'
import { chooseLayout, type AskedSize, type Layout } from './fit-crop.ts'
import { fitImage, scaleExpansion, type ImageFit, type Misfit } from './fit-image.ts'
import type { ModelCard } from './model-card.ts'
import { fitSize } from './output-size.ts'
import type { Adaptation, EditImage, EditRequest, Region, Size } from './request.ts'
import { frameOf, grow, planRestoration, recoloured, restorationText, sameShape, sizeText, targetOf, type Geometry } from './restoration.ts'

/** A layout that wastes more is not made for the shape of the result alone: the result is then stretched instead. */
const mostLossForShape = 0.9

/**
 * How all images of a request are laid into a model's limits, what size to ask for, and what becomes of the result; or why they
 * cannot be. An image whose shape the model cannot make is padded to one that it can, so that nothing comes back distorted. Of a large
 * one with a small mask only a part may be sent, see `chooseLayout`.
 */
export function fitGeometry (request: EditRequest, { inputs, outputs }: ModelCard): Misfit | {
  readonly geometry: Geometry, readonly asked: AskedSize, readonly before: readonly Adaptation[], readonly after: readonly Adaptation[]
} {
  const { images: [image, ...references], background, lighting, expansion } = request
  const scaled = fitAll([...references, ...background ? [background] : [], ...lighting ? [lighting] : []], inputs)
  if ('reason' in scaled) return scaled
  const others = {
    references: scaled.slice(0, references.length),
    ...background && { background: scaled[references.length] },
    ...lighting && { lighting: scaled[scaled.length - 1] }
  }
  const layAt = (crop?: Region): Layout | Misfit => {
    const own = fitImage(crop ?? image, inputs, { expansion })
    if ('reason' in own) return own
    const layOut = (first: ImageFit): Geometry => ({
      ...crop && { crop },
      images: [first, ...others.references],
      ...others.background && { background: others.background },
      ...others.lighting && { lighting: others.lighting },
      ...expansion && { expansion: scaleExpansion(expansion, first, image) }
    })
    const geometry = layOut(shapeFor(request, own, layOut, { inputs, outputs }))
    const { size, adaptations } = fitSize(goalOf(request, geometry), outputs.size)
    return { geometry, asked: size, adaptations }
  }
  const layout = chooseLayout(request, layAt, outputs)
  if ('reason' in layout) return layout
  const { geometry, asked, adaptations } = layout
  const { crop } = geometry
  return {
    geometry,
    asked,
    before: [
      ...crop ? [{ kind: 'crop' as const, detail: `of ${sizeText(image)} the part of ${sizeText(crop)} around the mask is sent` }] : [],
      ...layoutText('', crop ?? image, geometry.images[0], request.mask !== undefined),
      ...references.flatMap((reference, index) => layoutText(`reference ${index + 1}: `, reference, others.references[index])),
      ...background && others.background ? layoutText('background: ', background, others.background) : [],
      ...lighting && others.lighting ? layoutText('lighting image: ', lighting, others.lighting) : [],
      ...adaptations
    ],
    after: restorationText([
      ...planRestoration(request, geometry, { format: request.output.format, ...asked }, outputs.size),
      ...losesProfile(image, inputs) ? [recoloured(image.profile)] : []
    ])
  }
}

function fitAll (images: readonly EditImage[], limits: ModelCard['inputs']): ImageFit[] | Misfit {
  const fits: ImageFit[] = []
  for (const image of images) {
    const fit = fitImage(image, limits, { only: 'scale' })
    if ('reason' in fit) return fit
    fits.push(fit)
  }
  return fits
}

/** The size of the whole result at which the part that is kept of it has the wished size; of the model's own, the image's. */
function goalOf (request: EditRequest, geometry: Geometry): Size {
  const { canvas, frame } = frameOf(geometry)
  const { width, height } = targetOf(request, geometry) ?? grow(request.images[0], request.expansion)
  const scale = Math.max(width / frame.width, height / frame.height)
  // Unscaled and without padding, what is wished is what is asked for, to the pixel.
  if (sameShape(frame, { width, height }) && canvas.width === frame.width && canvas.height === frame.height) return { width, height }
  return { width: Math.round(canvas.width * scale), height: Math.round(canvas.height * scale) }
}

/** As it is, or padded to the nearest shape in which the model makes results. */
function shapeFor (request: EditRequest, own: ImageFit, layOut: (fit: ImageFit) => Geometry, { inputs, outputs }: Pick<ModelCard, 'inputs' | 'outputs'>): ImageFit {
  const geometry = layOut(own)
  const goal = goalOf(request, geometry)
  const { width, height, aspectRatio } = fitSize(goal, outputs.size).size
  const ratio = width !== undefined && height !== undefined ? width / height : ratioOf(aspectRatio)
  // Where an outpainting grows there may be no padding: its shape is left to the model.
  if (ratio === undefined || request.expansion !== undefined || sameShape(goal, { width: ratio * 1000, height: 1000 })) return own
  const shaped = fitImage(geometry.crop ?? request.images[0], inputs, { ratio })
  return 'reason' in shaped || shaped.loss > mostLossForShape ? own : shaped
}

function ratioOf (aspectRatio: string | undefined): number | undefined {
  const [across, down] = aspectRatio?.split(':').map(Number) ?? []
  return across === undefined || down === undefined ? undefined : across / down
}

function layoutText (name: string, from: Size, { scaledTo, size }: ImageFit, isMasked = false): Adaptation[] {
  const isScaled = scaledTo.width !== from.width || scaledTo.height !== from.height
  const isPadded = scaledTo.width !== size.width || scaledTo.height !== size.height
  return [
    ...isScaled ? [{ kind: 'resize' as const, detail: `${name}${sizeText(from)} is sent as ${sizeText(scaledTo)}` }] : [],
    ...isPadded ? [{ kind: 'pad' as const, detail: `${name}${sizeText(scaledTo)} is padded to ${sizeText(size)}${isMasked ? ', which the mask keeps' : ''}` }] : []
  ]
}
