/** What a prompt can ask of `generalEdit`, and the words for it. Closed: a word that is not here is refused by name. */

/** Edits of every pixel's colour. Amounts run from 0 to 1 (greyscale, sepia) or −1 to 1, 0 = no change. */
export type ToneStep =
  | { readonly edit: 'greyscale' | 'sepia' | 'brightness' | 'contrast' | 'saturation' | 'warmth', readonly amount: number }
  | { readonly edit: 'invert' }

/** One edit of a prompt. Degrees are clockwise, above 0 and below 360; a horizontal mirror swaps left and right. */
export type Step =
  | ToneStep
  | { readonly edit: 'blur' | 'sharpen', readonly amount: number }
  | { readonly edit: 'rotate', readonly degrees: number }
  | { readonly edit: 'mirror', readonly axis: 'horizontal' | 'vertical' }

export type EditName = Step['edit']

/** How an edit is to be done, and the number that says so: direction, particle and side ±1, axis 0 = horizontal, 1 = vertical. */
export interface ModifierWord {
  /** `particle` (up, down): a direction for nouns, nothing beside other edits. `scale`: times the usual amount. */
  readonly kind: 'direction' | 'particle' | 'scale' | 'percent' | 'degrees' | 'side' | 'axis' | 'upside-down'
  readonly value: number
}

export interface EditWord {
  readonly kind: 'edit'
  readonly edit: EditName
  /** A noun says nothing without more or less; a quality can be more or less, as in "less bright". */
  readonly form: 'verb' | 'quality' | 'noun'
  readonly sign: 1 | -1
}

export type Word = EditWord | ModifierWord
  | { readonly kind: 'unit', readonly unit: 'percent' | 'degrees' }
  /** `turn` rotates beside a side or an angle, and is a mere verb beside anything else. */
  | { readonly kind: 'turn' | 'verb' | 'filler' | 'to' }
  /** An edit between these two describes the image as it is: "the dark photo". */
  | { readonly kind: 'the' | 'image' }
  /** `and` may carry "slightly" and "more" on to the next edit, `stop` does not. */
  | { readonly kind: 'and' | 'stop' }

/** The amount of an edit that names none. */
export const usualAmounts: Readonly<Record<Exclude<EditName, 'invert' | 'rotate' | 'mirror'>, number>> = {
  greyscale: 1, sepia: 1, brightness: 0.2, contrast: 0.25, saturation: 0.3, warmth: 0.3, blur: 0.3, sharpen: 0.4
}

/** The vocabulary for people. */
export const known = 'black and white, sepia, invert, blur, sharpen, brighter, darker, more or less contrast, more or less saturation, ' +
  'warmer, cooler, rotate (left, right, by 10 degrees), mirror (horizontally, vertically); amounts: slightly, strongly, by 20 %'

const edit = (name: EditName, form: EditWord['form'], sign: 1 | -1 = 1): Word => ({ kind: 'edit', edit: name, form, sign })

const entries: ReadonlyArray<readonly [Word, string]> = [
  [edit('greyscale', 'verb'), 'black and white, black white, bw, greyscale, grayscale, monochrome, monochromatic, remove the colour, ' +
    'remove the color, remove the colours, remove the colors, remove colour, remove color, without colour, without color'],
  [edit('sepia', 'verb'), 'sepia'],
  [edit('invert', 'verb'), 'invert, inverted, inverting, inverse, negative'],
  [edit('blur', 'verb'), 'blur, blurs, blurred, blurring, blurry, blurrier, soften, softer'],
  [edit('sharpen', 'verb'), 'sharpness, sharpen, sharpens, sharpened, sharpening, sharp, sharper, crisper'],
  [edit('brightness', 'verb'), 'brighten, lighten, brightening, lightening'],
  [edit('brightness', 'quality'), 'bright, brighter, light, lighter'],
  [edit('brightness', 'verb', -1), 'darken, darkening, dim'],
  [edit('brightness', 'quality', -1), 'dark, darker, dimmer'],
  [edit('brightness', 'noun'), 'brightness, lightness'],
  [edit('contrast', 'noun'), 'contrast, contrasts'],
  [edit('contrast', 'quality'), 'contrasty'],
  [edit('saturation', 'noun'), 'saturation, colourfulness, colorfulness, vibrance'],
  [edit('saturation', 'verb'), 'saturate'],
  [edit('saturation', 'quality'), 'saturated, vivid, vibrant, colourful, colorful'],
  [edit('saturation', 'verb', -1), 'desaturate, mute'],
  [edit('saturation', 'quality', -1), 'desaturated, muted, duller'],
  [edit('warmth', 'noun'), 'warmth'],
  [edit('warmth', 'quality'), 'warm, warmer, warmed'],
  [edit('warmth', 'quality', -1), 'cool, cooler, cooled, cold, colder'],
  [edit('rotate', 'verb'), 'rotate, rotated, rotating, rotation, spin'],
  [edit('mirror', 'verb'), 'mirror, mirrored, mirroring, flip, flipped, flipping'],
  [{ kind: 'direction', value: 1 }, 'more, increase, increased, add, raise, boost, enhance, high, higher'],
  [{ kind: 'direction', value: -1 }, 'less, decrease, decreased, reduce, reduced, lower, low'],
  [{ kind: 'particle', value: 1 }, 'up'],
  [{ kind: 'particle', value: -1 }, 'down'],
  [{ kind: 'scale', value: 0.5 }, 'a little bit, a little, little, a tiny bit, a bit, a touch, slightly, slight, subtly, subtle, gently, lightly'],
  [{ kind: 'scale', value: 1 }, 'somewhat, moderately'],
  [{ kind: 'scale', value: 2 }, 'a lot, lots, strongly, strong, much, very, heavily, heavy, significantly, considerably'],
  [{ kind: 'unit', unit: 'percent' }, '%, percent, per cent'],
  [{ kind: 'unit', unit: 'degrees' }, '°, degree, degrees, deg'],
  [{ kind: 'side', value: 1 }, 'right, rightwards, clockwise'],
  [{ kind: 'side', value: -1 }, 'left, leftwards, counterclockwise, counter clockwise, anticlockwise, anti clockwise'],
  [{ kind: 'axis', value: 0 }, 'horizontally, horizontal, left to right'],
  [{ kind: 'axis', value: 1 }, 'vertically, vertical, top to bottom'],
  [{ kind: 'upside-down', value: 180 }, 'upside down'],
  [{ kind: 'turn' }, 'turn, turned, turning'],
  [{ kind: 'verb' }, 'make, give, apply, convert, change, tone, do, set'],
  [{ kind: 'to' }, 'to'],
  [{ kind: 'the' }, 'the, this, that, my, its'],
  [{ kind: 'image' }, 'image, images, picture, photo, photograph'],
  [{ kind: 'filler' }, 'please, kindly, thanks, can you, could you, would you, i want, i would like, it, a, an, me, of, by, with, in, into, for, be, is, ' +
    'look, looks, looking, some, whole, entire, all, everything, colour, color, colours, colors, effect, filter, version, style, first, finally, so'],
  [{ kind: 'and' }, 'and, &, +, ,'],
  [{ kind: 'stop' }, 'then, and then, also, next, but, ., ;, !, ?, :']
]

/** Every phrase of the vocabulary, lower case, its words set apart by one space. */
export const vocabulary: ReadonlyMap<string, Word> = new Map(entries.flatMap(([word, phrases]) =>
  phrases.split(', ').map((phrase): [string, Word] => [phrase, word])))

/** The most words that a phrase of the vocabulary has. */
export const longestPhrase = Math.max(...[...vocabulary.keys()].map(phrase => phrase.split(' ').length))
