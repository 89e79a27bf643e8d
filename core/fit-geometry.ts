import { losesProfile } from './fit-bytes.ts'
import { fitImage, scaleExpansion, type ImageFit, type Misfit } from './fit-image.ts'
import type { ProviderOutput } from './contract.ts'
import type { ModelCard } from './model-card.ts'
import { fitSize } from './output-size.ts'
import type { Adaptation, EditImage, EditRequest, Size } from './request.ts'
import { frameOf, grow, planRestoration, recoloured, restorationText, sameShape, sizeText, targetOf, type Geometry } from './restoration.ts'

type AskedSize = Pick<ProviderOutput, 'width' | 'height' | 'aspectRatio' | 'resolution'>

/** A layout that wastes more is not made for the shape of the result alone: the result is then stretched instead. */
const mostLossForShape = 0.9

/**
 * How all images of a request are laid into a model's limits, what size to ask for, and what becomes of the result; or why they
 * cannot be. An image whose shape the model cannot make is padded to one that it can, so that nothing comes back distorted.
 */
export function fitGeometry (request: EditRequest, { inputs, outputs }: ModelCard): Misfit | {
  readonly geometry: Geometry, readonly asked: AskedSize, readonly before: readonly Adaptation[], readonly after: readonly Adaptation[]
} {
  const { images: [image, ...references], background, lighting, expansion } = request
  const own = fitImage(image, inputs, { expansion })
  if ('reason' in own) return own
  const scaled = fitAll([...references, ...background ? [background] : [], ...lighting ? [lighting] : []], inputs)
  if ('reason' in scaled) return scaled
  const others = {
    references: scaled.slice(0, references.length),
    ...background && { background: scaled[references.length] },
    ...lighting && { lighting: scaled[scaled.length - 1] }
  }
  const layOut = (first: ImageFit): Geometry => ({
    images: [first, ...others.references],
    ...others.background && { background: others.background },
    ...others.lighting && { lighting: others.lighting },
    ...expansion && { expansion: scaleExpansion(expansion, first, image) }
  })
  const shaped = shapeFor(request, own, layOut, { inputs, outputs })
  const geometry = layOut(shaped)
  const { size: asked, adaptations } = fitSize(goalOf(request, geometry), outputs.size)
  return {
    geometry,
    asked,
    before: [
      ...layoutText('', image, shaped, request.mask !== undefined),
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
  const { width, height } = targetOf(request) ?? grow(request.images[0], request.expansion)
  const scale = Math.max(width / frame.width, height / frame.height)
  // Unscaled and without padding, what is wished is what is asked for, to the pixel.
  if (sameShape(frame, { width, height }) && canvas.width === frame.width && canvas.height === frame.height) return { width, height }
  return { width: Math.round(canvas.width * scale), height: Math.round(canvas.height * scale) }
}

/** As it is, or padded to the nearest shape in which the model makes results. */
function shapeFor (request: EditRequest, own: ImageFit, layOut: (fit: ImageFit) => Geometry, { inputs, outputs }: Pick<ModelCard, 'inputs' | 'outputs'>): ImageFit {
  const goal = goalOf(request, layOut(own))
  const { width, height, aspectRatio } = fitSize(goal, outputs.size).size
  const ratio = width !== undefined && height !== undefined ? width / height : ratioOf(aspectRatio)
  // Where an outpainting grows there may be no padding: its shape is left to the model.
  if (ratio === undefined || request.expansion !== undefined || sameShape(goal, { width: ratio * 1000, height: 1000 })) return own
  const shaped = fitImage(request.images[0], inputs, { ratio })
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
