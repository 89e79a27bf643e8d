import sharp from 'sharp'
import { operations } from '../../plugins/local/operations.ts'
import type { Operation } from '../../core/operations.ts'
import type { EditRequest } from '../../core/request.ts'
import {
  addThing, changeLetter, eraseEven, eraseFaint, eraseThing, eraseWire, general, recolour, relight, replaceBackground, replaceThing, rollColour, rollGround, rollSize, type Edit
} from './edits.ts'
import { encode, rollHabits, through } from './habits.ts'
import { bytesOf, imageOf, maskOf, type Case } from './judging.ts'
import { box, Dice, disc, ground, lay, paint, photo, type Pixels, type Size } from './pictures.ts'

type Make = (dice: Dice) => Promise<Case>
type Kinds = ReadonlyArray<readonly [count: number, make: Make]>

/** Two hundred results of either kind, the same ones for a seed, or those of them that are wanted. */
export async function * makeCases (seed: number, isWanted: (index: number) => boolean = () => true): AsyncGenerator<Case> {
  let index = 0
  for (const [count, make] of [...good, ...bad]) {
    for (let n = 0; n < count; n++) {
      // Each has its own dice: what is left out changes nothing for the others.
      if (isWanted(index++)) yield await make(new Dice(seed * 1000 + index))
    }
  }
}

type Step = (dice: Dice) => Promise<Edit>

/** By which operation an edit may have been asked for. */
function operationFor ({ mask }: Edit, dice: Dice, masked: readonly [Operation, ...Operation[]], whole: readonly [Operation, ...Operation[]]): Operation {
  return dice.oneOf(mask === undefined ? whole : masked)
}

async function requestOf (edit: Edit, operation: Operation, dice: Dice): Promise<Partial<EditRequest>> {
  const image = await imageOf(edit.before, dice.oneOf(['png', 'png', 'jpeg', 'deep', 'alpha']))
  return {
    operation,
    images: [image],
    searchPrompt: 'it',
    selectPrompt: 'it',
    ...operation === 'relight' && { lighting: image },
    ...edit.mask && { mask: maskOf(edit.mask, edit.before) }
  }
}

/** The edit as a vendor with habits gives it; about a quarter come in another size. */
const edited = (step: Step, masked: readonly [Operation, ...Operation[]], whole: readonly [Operation, ...Operation[]] = ['general_edit']): Make => async dice => {
  const edit = await step(dice)
  const habits = rollHabits(dice)
  const size = dice.chance(0.25) ? scaled(edit.before, dice.between(0.75, 1.6)) : undefined
  return {
    name: edit.name,
    request: await requestOf(edit, operationFor(edit, dice, masked, whole), dice),
    result: { bytes: await through(edit.after, { ...habits, ...size && { size } }, dice) }
  }
}

/** Of the whole picture. */
const visible = (step: Step): Step => async dice => {
  let edit = await step(dice)
  while (isNone(edit)) edit = await step(dice)
  return edit
}

/**
 * An edit of the whole that moves no spot of the picture, of sixteen pixels a side, by four levels in the mean: to blur what has no
 * detail, say. Its result is the picture as it was.
 */
function isNone ({ before: { data, width, height }, after }: Pick<Edit, 'before' | 'after'>): boolean {
  const spot = 16
  const columns = Math.ceil(width / spot)
  const sums = new Float64Array(columns * Math.ceil(height / spot))
  for (let at = 0; at < width * height * 3; at++) {
    const pixel = Math.floor(at / 3)
    sums[Math.floor(Math.floor(pixel / width) / spot) * columns + Math.floor(pixel % width / spot)] += Math.abs(data[at] - after.data[at])
  }
  return sums.every(sum => sum < 4 * 3 * spot * spot)
}

const scaled = ({ width, height }: Size, scale: number): Size => ({ width: Math.round(width * scale), height: Math.round(height * scale) })

async function outpainted (dice: Dice): Promise<Case> {
  const size = rollSize(dice)
  const wide = await ground(rollGround(dice), { width: size.width + 64, height: size.height })
  const before = cut(wide, { ...size, left: 32 })
  return {
    name: 'the image is extended',
    request: { operation: 'outpaint', images: [await imageOf(before)], expansion: { left: 32, right: 32, up: 0, down: 0 } },
    result: { bytes: await through(wide, rollHabits(dice), dice) }
  }
}

function cut ({ data, width }: Pixels, part: Size & { readonly left: number }): Pixels {
  return paint(part, (x, y) => {
    const at = (y * width + part.left + x) * 3
    return [data[at], data[at + 1], data[at + 2]]
  })
}

async function cutOut (dice: Dice): Promise<Case> {
  const { before, picture, alpha } = await subject(dice)
  const result = sharp(bytesOf(picture), { raw: { width: picture.width, height: picture.height, channels: 3 } }).joinChannel(alpha, { raw: { width: picture.width, height: picture.height, channels: 1 } })
  return {
    name: 'the background is removed',
    request: { operation: 'remove_background', images: [await imageOf(before)] },
    result: { bytes: await encode(result, { encoded: dice.oneOf(['png', 'webp']), quality: 90 }).toBuffer() }
  }
}

async function subject (dice: Dice): Promise<{ before: Pixels, picture: Pixels, alpha: Buffer }> {
  const size = rollSize(dice)
  const on = await ground(rollGround(dice), size)
  const radius = dice.between(6, Math.min(size.width, size.height) / 2.2)
  const shape = disc(size.width / 2, size.height / 2, radius)
  const before = lay(on, shape, rollColour(dice))
  return { before, picture: before, alpha: Buffer.from(Uint8Array.from({ length: size.width * size.height }, (_, at) => Math.round(255 * shape(at % size.width, Math.floor(at / size.width))))) }
}

/** What is flat, or too small to tell, may stay so. */
async function flat (dice: Dice): Promise<Case> {
  const small = dice.chance(0.5)
  const size = small ? { width: dice.whole(1, 8), height: dice.whole(1, 7) } : rollSize(dice)
  const before = paint(size, () => [200, 40, 40])
  return {
    name: small ? 'a tiny picture' : 'a picture of one colour gets another',
    request: { operation: small ? dice.oneOf(['general_edit', 'remove_background', 'erase']) : 'search_recolor', selectPrompt: 'red', images: [await imageOf(before)], mask: maskOf(() => 1, size) },
    result: { bytes: await through(small ? before : paint(size, () => [40, 60, 210]), rollHabits(dice), dice) }
  }
}

const local = (operation: 'general_edit' | 'erase' | 'search_recolor' | 'remove_background'): Make => async dice => {
  const size = { width: 240, height: 160 }
  const before = await photo(operation === 'remove_background' ? 'mug.png' : 'meadow.jpg', size)
  const mask = operation === 'erase' ? maskOf(box(156, 7, 38, 52), size) : undefined
  const run = operations[operation]
  const data = await sharp(bytesOf(before), { raw: { ...size, channels: 3 } }).ensureAlpha().raw().toBuffer()
  const made = await run?.({ data, ...size }, {
    prompt: operation === 'general_edit' ? dice.oneOf(['sepia', 'a little darker', 'mirror horizontally', 'brighter', 'greyscale', 'more contrast']) : 'blue',
    selectPrompt: 'red',
    parameters: {},
    ...mask && { mask: mask.pixels }
  })
  if (made === undefined) throw new TypeError(`there is no local ${operation}`)
  const picture = sharp(made.data, { raw: { width: made.width, height: made.height, channels: 4 } })
  return {
    name: `${operation} by the local provider`,
    request: { operation, images: [await imageOf(before)], selectPrompt: 'red', ...mask && { mask } },
    result: { bytes: await encode(picture, { encoded: operation === 'remove_background' ? 'png' : dice.oneOf(['png', 'jpeg', 'webp']), quality: dice.whole(60, 95) }).toBuffer() }
  }
}

/** A shape that somebody may make: the vendor's own, or a ratio as vendors round it. */
async function shaped (dice: Dice): Promise<Case> {
  const own = dice.chance(0.5)
  const before = await ground('meadow', { width: 320, height: 400 })
  const after = lay(before, disc(160, 200, 40), [240, 240, 20])
  return {
    name: own ? 'a shape of the vendor\'s choice' : '4:5 as the vendor rounds it',
    request: { operation: 'general_edit', images: [await imageOf(before)] },
    outputs: { size: own ? { rule: 'vendor' } : { rule: 'ratio', ratios: ['4:5', '1:1'], resolutions: { small: 480 } } },
    result: { bytes: await through(after, { ...rollHabits(dice), size: own ? { width: dice.whole(200, 600), height: 300 } : { width: 448, height: 576 } }, dice) }
  }
}

/** As the caller's own software made it grey. */
async function greyed (picture: Pixels): Promise<Pixels> {
  const { bytes } = await imageOf(picture, 'grey')
  return { ...picture, data: Float32Array.from(await sharp(bytes).toColourspace('srgb').removeAlpha().raw().toBuffer()) }
}

const grey = (isGood: boolean): Make => async dice => {
  // Of other lightness than what is behind it: colours alone are nothing in grey.
  const edit = await eraseWire(dice)
  return {
    name: 'in grey',
    ...!isGood && { gate: 'unchanged' },
    request: { ...await requestOf(edit, 'erase', dice), images: [await imageOf(edit.before, 'grey')] },
    result: { bytes: await through(await greyed(isGood ? edit.after : edit.before), rollHabits(dice), dice) }
  }
}

/** Twelve megapixels, of which a small part is edited. */
const large = (isGood: boolean): Make => async dice => {
  const size = { width: 1000, height: 750 }
  const on = await ground('landscape', size)
  const [before, after] = [lay(on, disc(500, 300, 12), [220, 30, 30]), on]
  const image = await imageOf(before)
  const bytes = await sharp(image.bytes).resize(4000, 3000).jpeg({ quality: 92 }).toBuffer()
  return {
    name: 'of twelve megapixels',
    ...!isGood && { gate: 'unchanged' },
    outputs: { size: { rule: 'vendor' } },
    request: { operation: 'erase', images: [{ ...image, bytes, mediaType: 'image/jpeg', width: 4000, height: 3000 }], mask: maskOf(disc(2000, 1200, 70), { width: 4000, height: 3000 }) },
    result: { bytes: await through(isGood ? after : before, { encoded: 'jpeg', quality: 85 }, dice) }
  }
}

const unchanged = (step: Step, masked: readonly [Operation, ...Operation[]], whole: readonly [Operation, ...Operation[]] = ['general_edit']): Make => async dice => {
  const edit = await step(dice)
  const made = await edited(async () => ({ ...edit, after: edit.before }), masked, whole)(dice)
  return { ...made, name: `unchanged where ${edit.name}`, gate: 'unchanged' }
}

async function blank (dice: Dice): Promise<Case> {
  const edit = await dice.oneOf([recolour, replaceThing, eraseThing])(dice)
  const [kind, colour] = dice.oneOf<[string, readonly [number, number, number]]>([
    ['black', [0, 0, 0]], ['white', [255, 255, 255]], ['grey', [128, 128, 128]], ['of one colour', rollColour(dice)], ['transparent', [0, 0, 0]]
  ])
  const { width, height, data } = edit.before
  // On a plain ground it could be what is left when a thing is taken away.
  const shown = Math.hypot(...colour.map((value, channel) => value - data[channel])) > 60 ? colour : colour.map(value => 255 - value)
  const noise = dice.chance(0.5) ? dice.between(0, 4) : 0
  const bytes = kind === 'transparent'
    ? await sharp({ create: { width, height, channels: 4, background: '#0000' } }).png().toBuffer()
    : await through(paint(edit.before, () => [shown[0] ?? 0, shown[1] ?? 0, shown[2] ?? 0]), { ...rollHabits(dice), noise }, dice)
  return { name: `${kind} and nothing else`, gate: 'blank', request: await requestOf(edit, operationFor(edit, dice, ['inpaint', 'erase'], ['general_edit', 'relight']), dice), result: { bytes } }
}

async function misshapen (dice: Dice): Promise<Case> {
  const edit = await addThing(dice)
  const { width, height } = edit.before
  const isThumbnail = dice.chance(0.25)
  const wrong = isThumbnail ? scaled(edit.before, dice.between(0.1, 0.45)) : dice.oneOf([{ width: height, height: width + 40 }, { width, height: Math.round(height * 1.2) }, { width: Math.round(width * 0.9), height }])
  return {
    name: isThumbnail ? 'a thumbnail' : 'of another shape',
    gate: 'size',
    request: await requestOf(edit, 'general_edit', dice),
    outputs: { size: dice.chance(0.5) ? { rule: 'input' } : { rule: 'exact', minSide: 32, maxSide: 2048 } },
    result: { bytes: await through(edit.after, { ...rollHabits(dice), size: wrong }, dice) }
  }
}

async function opaque (dice: Dice): Promise<Case> {
  const { before, picture, alpha } = await subject(dice)
  const { width, height } = before
  const kind = dice.oneOf(['without a channel', 'opaque', 'almost opaque', 'empty'])
  const raw = sharp(bytesOf(picture), { raw: { width, height, channels: 3 } })
  const level = { opaque: 255, 'almost opaque': 252, empty: 0, 'without a channel': 255 }[kind] ?? 255
  const result = kind === 'without a channel' ? raw : raw.joinChannel(Buffer.alloc(alpha.length, level), { raw: { width, height, channels: 1 } })
  return {
    name: `a cut-out: ${kind}`,
    gate: 'transparency',
    request: { operation: 'remove_background', images: [await imageOf(before)] },
    result: { bytes: await encode(result, { encoded: kind === 'without a channel' ? dice.oneOf(['jpeg', 'png']) : 'png', quality: 80 }).toBuffer() }
  }
}

async function damaged (dice: Dice): Promise<Case> {
  const made = await edited(addThing, ['inpaint'])(dice)
  const { bytes } = made.result
  return { ...made, name: 'cut off', gate: 'damaged', result: { bytes: bytes.subarray(0, Math.floor(bytes.length * dice.between(0.1, 0.9))) } }
}

async function tooLarge (dice: Dice): Promise<Case> {
  const made = await edited(addThing, ['inpaint'])(dice)
  return { ...made, name: 'above the limits', gate: 'limits', limits: dice.oneOf<Case['limits'] & object>([{ maxPixels: 10_000 }, { maxSide: 64 }, { maxBytes: 500 }]) }
}

async function moderated (dice: Dice): Promise<Case> {
  const edit = await addThing(dice)
  const bytes = await sharp(await through(edit.after, rollHabits(dice), dice)).blur(20).png().toBuffer()
  return { name: 'blurred, and the vendor says so', gate: 'moderated', request: await requestOf(edit, 'general_edit', dice), result: { bytes, moderated: true } }
}

const good: Kinds = [
  [18, edited(eraseThing, ['erase'])], [4, edited(eraseFaint, ['erase'])], [12, edited(eraseWire, ['erase', 'inpaint'])], [12, edited(eraseEven, ['erase'])],
  [20, edited(replaceThing, ['inpaint', 'search_replace'], ['search_replace', 'general_edit'])], [20, edited(recolour, ['search_recolor', 'inpaint'], ['search_recolor', 'general_edit'])],
  [14, edited(changeLetter, ['inpaint', 'general_edit'])], [20, edited(addThing, ['inpaint'])], [14, edited(relight, ['relight'], ['relight'])], [8, edited(replaceBackground, ['relight'], ['relight'])],
  [16, edited(visible(general), ['general_edit'])], [8, outpainted], [10, cutOut], [8, flat], [4, local('general_edit')], [2, local('erase')], [2, local('search_recolor')], [1, local('remove_background')],
  [5, shaped], [1, grey(true)], [1, large(true)]
]

const bad: Kinds = [
  [12, unchanged(eraseThing, ['erase'])], [4, unchanged(eraseFaint, ['erase'])], [12, unchanged(eraseWire, ['erase', 'inpaint'])], [16, unchanged(replaceThing, ['inpaint', 'search_replace'], ['search_replace', 'general_edit'])],
  [14, unchanged(recolour, ['search_recolor', 'inpaint'], ['search_recolor', 'general_edit'])], [12, unchanged(changeLetter, ['inpaint', 'general_edit'])],
  [12, unchanged(addThing, ['inpaint'])], [8, unchanged(relight, ['relight'], ['relight'])], [8, unchanged(general, ['general_edit'])], [1, large(false)], [1, grey(false)],
  [36, blank], [26, misshapen], [18, opaque], [10, damaged], [6, tooLarge], [4, moderated]
]
