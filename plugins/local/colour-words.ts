import { hueOf, linearOf, toOklab, triple } from './oklab.ts'
import { Refusal } from './raster.ts'

/** A colour in OKLCH: lightness 0–1, chroma from 0, hue in degrees. */
export interface Colour {
  readonly lightness: number
  readonly chroma: number
  readonly hue: number
}

/** What a word for a colour covers. */
export interface ColourRange {
  /** As the caller said it, for messages. */
  readonly name: string
  /** The basic colour that it belongs to. */
  readonly family: string
  /** From, to, in degrees upwards (which may go round through 360); null for white, grey and black. */
  readonly hues: readonly [number, number] | null
  /** Lowest and highest lightness. */
  readonly lightness: readonly [number, number]
}

interface Family {
  readonly hues: readonly [number, number] | null
  readonly lightness?: readonly [number, number]
  /** Name and hex code; the first is the family's own, as paint has it: a screen's primary would be a glaring car. */
  readonly names: string
}

const families: Readonly<Record<string, Family>> = {
  red: {
    hues: [5, 44],
    names: 'red d3212d, crimson dc143c, scarlet ff2400, tomato ff6347, ruby 9b111e, maroon 800000, burgundy 800020, firebrick b22222'
  },
  orange: { hues: [34, 79], lightness: [0.32, 1], names: 'orange f5821f, coral ff7f50, salmon fa8072, peach ffcba4, apricot fbceb1, burntorange cc5500' },
  brown: { hues: [30, 85], lightness: [0.08, 0.62], names: 'brown 7b4a2b, chocolate d2691e, sienna a0522d, chestnut 954535, tan d2b48c' },
  yellow: { hues: [79, 116], names: 'yellow f7d417, gold ffd700, golden ffd700, mustard e1ad01, lemon fff44f, khaki f0e68c' },
  green: {
    hues: [112, 172],
    names: 'green 2f9e44, lime 00ff00, olive 808000, mint 98ff98, emerald 50c878, forestgreen 228b22, seagreen 2e8b57, limegreen 32cd32'
  },
  cyan: { hues: [172, 217], names: 'cyan 00bcd4, turquoise 40e0d0, teal 008080, aqua 00ffff, aquamarine 7fffd4' },
  blue: {
    hues: [217, 296],
    names: 'blue 1f5fd1, navy 000080, skyblue 87ceeb, royalblue 4169e1, steelblue 4682b4, dodgerblue 1e90ff, midnightblue 191970, azure 007fff'
  },
  purple: {
    hues: [289, 336],
    names: 'purple 7d3cb5, violet 8f00ff, indigo 4b0082, lavender b57edc, lilac c8a2c8, plum 8e4585, mauve e0b0ff, orchid da70d6'
  },
  pink: { hues: [334, 22], lightness: [0.55, 1], names: 'pink f783ac, hotpink ff69b4, deeppink ff1493, magenta e0119d, fuchsia ff00ff' },
  white: { hues: null, lightness: [0.75, 1], names: 'white f5f5f5, ivory fffff0, cream fffdd0, beige d9c7a5' },
  grey: { hues: null, lightness: [0.38, 0.83], names: 'grey 808080, silver c0c0c0, slategrey 708090, charcoal 36454f' },
  black: { hues: null, lightness: [0, 0.4], names: 'black 161616' }
}

/** The basic colour words, for people. */
export const basicColours = Object.keys(families).join(', ')

interface Entry {
  readonly name: string
  readonly familyName: string
  readonly basic: boolean
  readonly colour: Colour
}

interface Found extends Entry {
  /** Place of its first word, and of the word behind it. */
  readonly at: number
  readonly end: number
  readonly modifiers: readonly string[]
}

const entries = new Map(Object.entries(families).flatMap(([familyName, { names }]) =>
  names.split(', ').map((text, index): [string, Entry] => {
    const [name, hex] = text.split(' ')
    return [name, { name, familyName, basic: index === 0, colour: colourOf(hex) }]
  })))

// Each one moves lightness (a share of the way to white, or to black when below 0) and scales chroma.
const modifiers: Readonly<Record<string, readonly [number, number]>> = {
  light: [0.42, 0.65], pale: [0.6, 0.4], pastel: [0.55, 0.45], dark: [-0.38, 0.75], deep: [-0.28, 0.9], bright: [0.05, 1.25], vivid: [0, 1.3], medium: [0, 1]
}

/**
 * The colour that a text names, or its #hex code.
 * @param except basic colour that does not count beside another: the one to be replaced, as in "from red to blue"
 * @throws {Refusal} when it names none, or several
 */
export function readTarget (text: string, except: string): Colour {
  const hex = text.match(/#([\da-f]{6}|[\da-f]{3})(?![\da-z])/i)?.[1]
  if (hex !== undefined) return colourOf(hex.length === 6 ? hex : hex.replaceAll(/./g, '$&$&'))
  const colours = findColours(text)
  const others = colours.filter(({ familyName }) => familyName !== except)
  const found = pickOne(others.length > 0 ? others : colours, `the prompt names no colour; known: ${basicColours}, or a code such as #1f5fd1`)
  return found.modifiers.reduce(modify, found.colour)
}

/**
 * What the colour word of a text covers: "the dark blue car" → dark blues.
 * @throws {Refusal} when it names no colour, or several
 */
export function readSelection (text: string): ColourRange {
  const found = pickOne(findColours(text), `the select prompt must name a colour, one of ${basicColours}`)
  const { hues, lightness: [low, high] = [0, 1] } = families[found.familyName]
  const { lightness } = found.colour
  const isLight = found.modifiers.some(word => modifiers[word][0] > 0.1)
  const isDark = found.modifiers.some(word => modifiers[word][0] < 0)
  const middle = (low + high) / 2
  const darkest = isLight ? middle + 0.1 : low
  const lightest = isDark ? middle : high
  return {
    name: [...found.modifiers, found.name].join(' '),
    family: found.familyName,
    hues,
    // A name such as navy is darker or lighter than its family.
    lightness: found.basic ? [darkest, lightest] : [Math.max(0, lightness - 0.28), Math.min(1, lightness + 0.28)]
  }
}

function modify (colour: Colour, modifier: string): Colour {
  const [light, scale] = modifiers[modifier]
  const { lightness, chroma, hue } = colour
  return { lightness: light > 0 ? lightness + (1 - lightness) * light : lightness * (1 + light), chroma: chroma * scale, hue }
}

function findColours (text: string): Found[] {
  const words = text.normalize('NFKC').toLowerCase().replaceAll('gray', 'grey').match(/\p{L}+/gu) ?? []
  const found: Found[] = []
  let said: string[] = []
  for (let at = 0; at < words.length;) {
    const pair = entries.get(words[at] + words[at + 1])
    const prefix = Object.keys(modifiers).find(name => words[at].startsWith(name) && entries.has(words[at].slice(name.length)))
    const entry = pair ?? entries.get(words[at]) ?? entries.get(words[at].slice(prefix?.length))
    const end = at + (pair === undefined ? 1 : 2)
    if (entry !== undefined) found.push({ ...entry, at, end, modifiers: prefix === undefined ? said : [...said, prefix] })
    said = Object.hasOwn(modifiers, words[at]) ? [...said, words[at]] : []
    at = end
  }
  return found
}

/** "Navy blue" is navy, "the red salmon" is red. */
function pickOne (found: readonly Found[], none: string): Found {
  const fitting = found.filter((colour, index) => !(colour.basic && found[index - 1]?.end === colour.at && !found[index - 1].basic))
  const strong = fitting.filter(colour => colour.basic || found.some(other => other.at === colour.end && other.basic))
  const candidates = strong.length > 0 ? strong : fitting
  if (candidates.length === 0) throw new Refusal(none)
  const other = candidates.find(({ name }) => name !== candidates[0].name)
  if (other !== undefined) throw new Refusal(`name one colour, not both ${candidates[0].name} and ${other.name}`)
  return candidates[0]
}

function colourOf (hex: string): Colour {
  const lab = triple()
  for (let channel = 0; channel < 3; channel++) lab[channel] = linearOf[Number.parseInt(hex.slice(2 * channel, 2 * channel + 2), 16)]
  toOklab(lab, lab)
  return { lightness: lab[0], chroma: Math.hypot(lab[1], lab[2]), hue: hueOf(lab[1], lab[2]) }
}
