import { createHash } from 'node:crypto'
import sharp, { type Sharp } from 'sharp'
import { fade } from '../manners.ts'
import { colourOf, draw, paint, toPixels, type Pixels } from '../paint.ts'
import type { Form, Picture } from './form.ts'

/**
 * Makes the picture that an endpoint hands out. The label is written into every surface that is painted; a gentle edit paints
 * none, it fades out towards its edge.
 */
export type Edit = (form: Form, label: string, gentle?: boolean) => Promise<Pixels>

export const inpaint: Edit = async (form, label, gentle) => {
  const image = await opaque(subjectOf(form))
  if (gentle) return await overlay(image, await toPixels(open(image).tint(colourOf(textOf(form)))), await fade(await maskedRegion(form, 0)))
  return await overlay(image, await paint({ ...image.info, label, text: textOf(form) }), await maskedRegion(form))
}

export const erase: Edit = async (form, _label, gentle) => {
  const image = await opaque(subjectOf(form))
  const region = await maskedRegion(form)
  return await overlay(image, await surroundings(image, region), gentle ? await fade(await maskedRegion(form, 0)) : region)
}

export const replace: Edit = async (form, label) => {
  const image = await opaque(subjectOf(form))
  return await overlay(image, await paint({ ...image.info, label, text: textOf(form) }), foundRegion(image, form.texts.search_prompt ?? ''))
}

export const recolor: Edit = async form => {
  const image = await opaque(subjectOf(form))
  const tinted = await toPixels(open(image).tint(colourOf(textOf(form))))
  return await overlay(image, tinted, foundRegion(image, form.texts.select_prompt ?? ''))
}

export const outpaint: Edit = async (form, label, gentle) => {
  const image = await opaque(subjectOf(form))
  const { left = 0, right = 0, up = 0, down = 0 } = form.numbers
  if (gentle) return await toPixels(open(image).extend({ left, right, top: up, bottom: down, extendWith: 'copy' }))
  const canvas = { width: image.info.width + left + right, height: image.info.height + up + down }
  return await toPixels(open(await paint({ ...canvas, label, text: textOf(form) }))
    .composite([{ input: image.data, raw: image.info, left, top: up }]).removeAlpha())
}

export const cutOut: Edit = async form => {
  const image = await opaque(subjectOf(form))
  return await through(image, subjectRegion(image))
}

/** Another background, the light over everything, then as much of the subject as it was as is asked for. */
export const relight: Edit = async (form, label) => {
  const { pictures, texts, numbers: { light_source_strength: strength = 0, preserve_original_subject: kept = 0 } } = form
  const image = await opaque(subjectOf(form))
  const { width, height } = image.info
  const scene = async () => pictures.background_reference === undefined
    ? await paint({ width, height, label, text: textOf(form) })
    : await toPixels(open(await opaque(pictures.background_reference)).resize({ width, height, fit: 'cover' }))
  const background = texts.keep_original_background === 'true' ? image : await scene()
  const subject = subjectRegion(image)
  const placed = await overlay(background, image, subject)
  const light = pictures.light_reference === undefined
    ? lightFrom(texts.light_source_direction ?? 'above', image)
    : await toPixels(open(await opaque(pictures.light_reference)).greyscale().toColourspace('srgb').resize(width, height, { fit: 'fill' }).blur(8))
  const lit = await overlay(placed, light, draw(image.info, 1, () => [strength * 255]))
  return await overlay(lit, image, { ...subject, data: Buffer.from(subject.data.map(value => value * kept)) })
}

function subjectOf ({ pictures }: Form): Picture {
  const picture = pictures.subject_image ?? pictures.image
  if (picture === undefined) throw new TypeError('an edit without its picture')
  return picture
}

function textOf ({ texts }: Form): string {
  return texts.background_prompt ?? texts.prompt ?? ''
}

function open ({ data, info }: Pixels): Sharp {
  return sharp(data, { raw: info })
}

async function opaque ({ bytes }: Picture): Promise<Pixels> {
  return await toPixels(sharp(bytes).toColourspace('srgb').removeAlpha())
}

/** White = edit. Without a mask, the transparent part of the image; grown as the form says. */
async function maskedRegion (form: Form, grow = form.numbers.grow_mask ?? 0): Promise<Pixels> {
  const { pictures: { mask } } = form
  const { bytes, width, height } = subjectOf(form)
  const region = mask === undefined
    ? sharp(bytes).extractChannel('alpha').negate()
    : sharp(mask.bytes).removeAlpha().greyscale().resize(width, height, { fit: 'fill' })
  const grey = await toPixels(region.toColourspace('b-w'))
  if (grow === 0) return grey
  // "The expanded area around the mask will be blurred": half strong at an edge, twice that is whole there and fades outwards.
  const soft = await toPixels(open(grey).blur(grow / 2).linear(2, 0).toColourspace('b-w'))
  return { ...grey, data: Buffer.from(grey.data.map((value, pixel) => Math.max(value, soft.data.readUInt8(pixel)))) }
}

/** What differs from both ends of its row; where nothing does, the middle. */
function subjectRegion ({ data, info }: Pixels): Pixels {
  const { width } = info
  const distance = (a: number, b: number) =>
    [0, 1, 2].reduce((sum, channel) => sum + Math.abs(data.readUInt8(a * 3 + channel) - data.readUInt8(b * 3 + channel)), 0)
  const region = draw(info, 1, (x, y) => {
    const start = y * width
    return [(Math.min(distance(start + x, start), distance(start + x, start + width - 1)) - 24) * 8]
  })
  return region.data.some(value => value > 0) ? region : ellipse({ data, info }, [0.5, 0.5], [0.35, 0.42])
}

/** What a search finds: an oval, always at the same place for the same words. */
function foundRegion (image: Pixels, words: string): Pixels {
  const [x = 0, y = 0, rx = 0, ry = 0] = createHash('sha256').update(words).digest()
  return ellipse(image, [0.35 + x / 850, 0.35 + y / 850], [0.15 + rx / 2550, 0.15 + ry / 2550])
}

function ellipse ({ info }: Pixels, [cx, cy]: readonly [number, number], [rx, ry]: readonly [number, number]): Pixels {
  const { width, height } = info
  return draw(info, 1, (x, y) => [Math.hypot((x / width - cx) / rx, (y / height - cy) / ry) < 1 ? 255 : 0])
}

/** A picture that shows only in the region: RGBA. */
async function through (picture: Pixels, { data, info }: Pixels): Promise<Pixels> {
  return await toPixels(open(picture).joinChannel(data, { raw: info }))
}

async function overlay (below: Pixels, above: Pixels, region: Pixels): Promise<Pixels> {
  const layer = await through(above, region)
  return await toPixels(open(below).composite([{ input: layer.data, raw: layer.info }]).removeAlpha())
}

/** What lies around a region, drawn over it: averages of the known pixels, fine ones on top of coarse ones. */
async function surroundings (image: Pixels, region: Pixels): Promise<Pixels> {
  const { width, height } = image.info
  const smooth = { fit: 'fill', kernel: 'linear' } as const
  const known = await through(image, { ...region, data: Buffer.from(region.data.map(value => 255 - value)) })
  const layers = await Promise.all([1, 3, 9, 27].map(async cells => {
    const layer = await toPixels(open(await toPixels(open(known).resize(cells, cells, smooth))).resize(width, height, smooth))
    return { input: layer.data, raw: layer.info }
  }))
  return await toPixels(open(draw(image.info, 3, () => [128, 128, 128])).composite(layers).removeAlpha())
}

/** From white on the side of the light to black. */
function lightFrom (direction: string, { info }: Pixels): Pixels {
  const { width, height } = info
  return draw(info, 3, (x, y) => {
    const [across, down] = [x / width, y / height]
    const level = 255 * (direction === 'left' ? 1 - across : direction === 'right' ? across : direction === 'above' ? 1 - down : down)
    return [level, level, level]
  })
}
