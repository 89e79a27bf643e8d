import type { ImageFit, Misfit } from './fit-image.ts'
import type { MediaType, ModelCard } from './model-card.ts'
import type { Adaptation, EditImage, EditRequest } from './request.ts'
import type { Geometry } from './restoration.ts'

type Inputs = ModelCard['inputs']

/** Formats in which an image of many bytes gets fewer, the first one that a model takes: WebP keeps transparency. */
const smaller: readonly MediaType[] = ['image/webp', 'image/jpeg']

/** In which format an image is sent: its own where the model takes it. */
export function formatOf ({ mediaType }: EditImage, { formats }: Pick<Inputs, 'formats'>): MediaType {
  return formats.includes(mediaType) ? mediaType : formats[0]
}

/** The format for an image that has too many bytes; undefined = the model takes none that could help. */
export function smallerFormat ({ formats }: Pick<Inputs, 'formats'>): MediaType | undefined {
  return smaller.find(format => formats.includes(format))
}

export function recompressed ({ bytes, mediaType }: EditImage, to: MediaType | undefined): Adaptation {
  return { kind: 'recompress', detail: `${bytes.length} bytes of ${mediaType} are sent as fewer of ${to}` }
}

/** Must an image be encoded anew for this model, whatever its bytes are? */
export function isRendered (image: EditImage, { scaledTo, size }: ImageFit, inputs: Pick<Inputs, 'formats' | 'profiles'>): boolean {
  return formatOf(image, inputs) !== image.mediaType || losesProfile(image, inputs) ||
    scaledTo.width !== image.width || scaledTo.height !== image.height || size.width !== image.width || size.height !== image.height
}

/** Are its colours converted to sRGB, since nobody knows what the model makes of a profile? */
export function losesProfile ({ profile }: EditImage, { profiles = false }: Pick<Inputs, 'profiles'>): boolean {
  return profile !== null && !profiles
}

/**
 * What is done to formats, colours and bytes. Only bytes that are sent as they are have a number yet: whatever is encoded anew is
 * measured then, and encoded with fewer where that is too much.
 */
export function fitBytes (request: EditRequest, geometry: Geometry, inputs: Inputs): Misfit | { readonly adaptations: readonly Adaptation[] } {
  const { maxBytes = Infinity, maxRequestBytes = Infinity } = inputs
  const { images, background, lighting } = request
  const sent = [
    ...images.map((image, index) => ({ image, fit: geometry.images[index] })),
    { image: background, fit: geometry.background }, { image: lighting, fit: geometry.lighting }
  ].flatMap(({ image, fit }) => image === undefined || fit === undefined ? [] : [{ image, isRendered: (image === images[0] && geometry.crop !== undefined) || isRendered(image, fit, inputs) }])
  const known = sent.filter(({ isRendered }) => !isRendered).map(({ image }) => image)
  const sum = known.reduce((bytes, image) => bytes + image.bytes.length, 0)
  const tooLarge = sum > maxRequestBytes ? known : known.filter(({ bytes }) => bytes.length > maxBytes)
  const [first] = tooLarge
  if (first !== undefined && smallerFormat(inputs) === undefined) {
    return first.bytes.length > maxBytes
      ? { reason: 'bytes', message: `takes images of up to ${maxBytes} bytes, this one has ${first.bytes.length}` }
      : { reason: 'bytes', message: `takes requests of up to ${maxRequestBytes} bytes, these images have ${sum}` }
  }
  const converted = new Set(sent.filter(({ image }) => formatOf(image, inputs) !== image.mediaType).map(({ image }) => image.mediaType))
  const profiles = new Set(sent.filter(({ image }) => losesProfile(image, inputs)).map(({ image }) => image.profile))
  return {
    adaptations: [
      ...[...converted].map(from => ({ kind: 'convert' as const, detail: `${from} is sent as ${inputs.formats[0]}` })),
      ...[...profiles].map(profile => ({ kind: 'convert' as const, detail: `the colours of ${profile} are sent as sRGB` })),
      ...tooLarge.map(image => recompressed(image, smallerFormat(inputs)))
    ]
  }
}
