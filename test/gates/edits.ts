import {
  box, disc, ground, grounds, lay, paint, wire, word, type Colour, type Dice, type Ground, type Letter, type Pixels, type Shape, type Size
} from './pictures.ts'

/** A picture, what a good model makes of it, and what was to be edited. */
export interface Edit {
  readonly name: string
  readonly before: Pixels
  readonly after: Pixels
  /** White where it is to be edited; absent = the whole. */
  readonly mask?: Shape
  /** There is nothing to be seen of the edit: a good model may give the picture back as it is. */
  readonly isEven?: boolean
}

const sizes: readonly [Size, ...Size[]] = [
  { width: 480, height: 320 }, { width: 320, height: 320 }, { width: 512, height: 384 }, { width: 300, height: 420 }, { width: 640, height: 96 }, { width: 720, height: 480 }
]

export const rollSize = (dice: Dice): Size => dice.oneOf(sizes)
export const rollGround = (dice: Dice): Ground => dice.oneOf(grounds)
export const rollColour = (dice: Dice): Colour => [dice.whole(10, 245), dice.whole(10, 245), dice.whole(10, 245)]

/** A colour that anybody sees the difference to. */
function otherThan (dice: Dice, ...colours: readonly Colour[]): Colour {
  for (;;) {
    const colour = rollColour(dice)
    if (colours.every(other => Math.hypot(...colour.map((value, channel) => value - other[channel])) > 110)) return colour
  }
}

interface Stage { readonly on: Pixels, readonly size: Size, readonly radius: number, readonly x: number, readonly y: number, readonly local: Colour }

async function rollStage (dice: Dice, least = 8, among: readonly [Ground, ...Ground[]] = grounds): Promise<Stage> {
  const size = rollSize(dice)
  const on = await ground(dice.oneOf(among), size)
  const shorter = Math.min(size.width, size.height)
  const radius = dice.between(least, Math.max(least + 1, shorter / 5))
  const x = dice.between(radius * 1.5 + 2, size.width - radius * 1.5 - 2)
  const y = dice.between(radius * 1.5 + 2, size.height - radius * 1.5 - 2)
  const at = (Math.floor(y) * size.width + Math.floor(x)) * 3
  return { on, size, radius, x, y, local: [on.data[at], on.data[at + 1], on.data[at + 2]] }
}

const thing = (dice: Dice, { x, y, radius }: Stage): Shape => dice.chance(0.5) ? disc(x, y, radius) : box(x - radius, y - radius * 0.7, radius * 2, radius * 1.4)
const around = (dice: Dice, { x, y, radius }: Stage): Shape => disc(x, y, radius * dice.between(1.3, 1.5))

export async function eraseThing (dice: Dice): Promise<Edit> {
  const stage = await rollStage(dice)
  return { name: 'a thing is erased', before: lay(stage.on, thing(dice, stage), otherThan(dice, stage.local)), after: stage.on, mask: around(dice, stage) }
}

/** As a stain or a watermark, on a plain ground. */
export async function eraseFaint (dice: Dice): Promise<Edit> {
  const stage = await rollStage(dice, 10, ['backdrop', 'fog', 'night', 'paper'])
  const step = dice.between(24, 40) * (stage.local[0] > 128 ? -1 : 1)
  const [red, green, blue] = stage.local
  return { name: 'a faint thing is erased', before: lay(stage.on, thing(dice, stage), [red + step, green + step, blue + step], false), after: stage.on, mask: around(dice, stage) }
}

export async function eraseWire (dice: Dice): Promise<Edit> {
  const stage = await rollStage(dice, 24)
  const { on, x, y, radius } = stage
  const turn = dice.between(0, Math.PI)
  const ends = [x - radius * Math.cos(turn), y - radius * Math.sin(turn), x + radius * Math.cos(turn), y + radius * Math.sin(turn)] as const
  const dark = stage.local[0] + stage.local[1] + stage.local[2] > 330
  const before = lay(on, wire(...ends, dice.between(2, 4)), dark ? [20, 20, 24] : [240, 238, 230], false)
  return { name: 'a wire is erased', before, after: on, mask: dice.chance(0.5) ? wire(...ends, 14) : around(dice, stage) }
}

export async function eraseEven (dice: Dice): Promise<Edit> {
  const size = rollSize(dice)
  const on = await ground(dice.oneOf(['backdrop', 'fog', 'night', 'paper']), size)
  const radius = dice.between(8, Math.min(size.width, size.height) / 6)
  const mask = disc(dice.between(radius, size.width - radius), dice.between(radius, size.height - radius), radius)
  return { name: 'an even area is erased', before: on, after: on, mask, isEven: true }
}

export async function replaceThing (dice: Dice): Promise<Edit> {
  const stage = await rollStage(dice)
  const colour = otherThan(dice, stage.local)
  const before = lay(stage.on, disc(stage.x, stage.y, stage.radius), colour)
  // A flat thing, or one that is almost as round.
  const height = stage.radius * dice.oneOf([0.8, 0.8, 1.6])
  const after = lay(stage.on, box(stage.x - stage.radius, stage.y - height / 2, stage.radius * 2, height), dice.chance(0.5) ? colour : otherThan(dice, stage.local, colour))
  return { name: 'a thing is replaced', before, after, ...dice.chance(0.6) && { mask: around(dice, stage) } }
}

export async function recolour (dice: Dice): Promise<Edit> {
  const stage = await rollStage(dice)
  const shape = thing(dice, stage)
  const colour = otherThan(dice, stage.local)
  return {
    name: 'a thing is recoloured', before: lay(stage.on, shape, colour), after: lay(stage.on, shape, otherThan(dice, colour)), ...dice.chance(0.5) && { mask: around(dice, stage) }
  }
}

export async function changeLetter (dice: Dice): Promise<Edit> {
  const size = rollSize(dice)
  const on = await ground(dice.oneOf(['paper', 'fog', 'backdrop', 'night']), size)
  const isMasked = dice.chance(0.5)
  const dot = dice.oneOf([2, 3, 4, 5])
  const [left, top] = [dice.whole(4, size.width - 6 * 6 * dot), dice.whole(4, size.height - 8 * dot)]
  const ink: Colour = on.data[0] > 100 ? [30, 30, 36] : [235, 232, 226]
  const write = (letters: Letter[]) => lay(on, word(letters, left, top, dot), ink, false)
  const [one, other] = dice.oneOf<[Letter[], Letter[]]>([
    [['S', 'A', 'L', 'E', 2], ['S', 'A', 'L', 'E', 5]], [['S', 'O', 'L', 'E'], ['S', 'A', 'L', 'E']], [['T', 'O', 'L', 'L'], ['T', 'A', 'L', 'L']], [['S', 8], ['S', 2]]
  ])
  const mask = box(left - 4, top - 4, one.length * 6 * dot + 8, 7 * dot + 8)
  return { name: 'a letter is changed', before: write(one), after: write(other), ...isMasked && { mask } }
}

export async function addThing (dice: Dice): Promise<Edit> {
  const stage = await rollStage(dice, 5)
  return { name: 'a thing is added', before: stage.on, after: lay(stage.on, thing(dice, stage), otherThan(dice, stage.local)) }
}

/** Light from one side, of a colour. */
export async function relight (dice: Dice): Promise<Edit> {
  const size = rollSize(dice)
  const before = await ground(dice.oneOf(['mug', 'meadow', 'evening', 'backdrop', 'landscape', 'bricks', 'fog', 'paper']), size)
  const [least, most] = [dice.between(0.55, 0.85), dice.between(1, 1.2)]
  const tint = [dice.between(0.9, 1.1), 1, dice.between(0.9, 1.1)] as const
  const turn = dice.between(0, 2 * Math.PI)
  return {
    name: 'another light falls on it',
    before,
    after: each(before, (value, channel, x, y) => {
      const along = 0.5 + 0.5 * (Math.cos(turn) * (2 * x / size.width - 1) + Math.sin(turn) * (2 * y / size.height - 1)) / Math.SQRT2
      return value * (least + (most - least) * along) * tint[channel]
    })
  }
}

export async function replaceBackground (dice: Dice): Promise<Edit> {
  const stage = await rollStage(dice, 20)
  const shape = thing(dice, stage)
  const colour = otherThan(dice, stage.local)
  const other = await ground(dice.oneOf(['evening', 'meadow', 'bricks', 'stripes']), stage.size)
  return { name: 'the background is another', before: lay(paint(stage.size, () => stage.local), shape, colour), after: lay(other, shape, colour) }
}

/** The whole picture in another tone, or turned around. */
export async function general (dice: Dice): Promise<Edit> {
  const size = rollSize(dice)
  const kind = dice.oneOf(['brighter', 'darker', 'grey', 'sepia', 'mirrored', 'vivid', 'blurred'])
  const before = await ground(kind === 'blurred' ? dice.oneOf(['meadow', 'bricks', 'mug', 'evening', 'landscape']) : dice.oneOf(['mug', 'meadow', 'evening', 'landscape', 'bricks', 'stripes']), size)
  const step = dice.between(20, 50)
  const { data } = before
  const after = each(before, (value, channel, x, y) => {
    const at = (y * size.width + x) * 3
    const light = 0.3 * data[at] + 0.59 * data[at + 1] + 0.11 * data[at + 2]
    if (kind === 'brighter') return value + step
    if (kind === 'darker') return value * (1 - step / 120)
    if (kind === 'grey') return light
    if (kind === 'sepia') return light * [1.1, 0.92, 0.7][channel]
    if (kind === 'vivid') return light + (value - light) * (1.5 + step / 100)
    const from = kind === 'mirrored' ? (y * size.width + size.width - 1 - x) * 3 : at
    if (kind === 'mirrored') return data[from + channel]
    let sum = 0
    for (let dx = -8; dx <= 8; dx++) sum += data[(y * size.width + Math.min(size.width - 1, Math.max(0, x + dx))) * 3 + channel]
    return sum / 17
  })
  return { name: `the whole is ${kind}`, before, after }
}

export function each ({ data, width, height }: Pixels, value: (value: number, channel: number, x: number, y: number) => number): Pixels {
  const changed = new Float32Array(data.length)
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      for (let channel = 0; channel < 3; channel++, at++) changed[at] = value(data[at], channel, x, y)
    }
  }
  return { data: changed, width, height }
}
