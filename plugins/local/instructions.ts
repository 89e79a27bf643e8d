import { Refusal } from './raster.ts'
import { readPrompt, type Clause, type Modifier } from './read-prompt.ts'
import { known, usualAmounts, type Step } from './vocabulary.ts'

type Kind = Modifier['kind']

const taken: Readonly<Record<'rotate' | 'mirror' | 'invert' | 'other', readonly Kind[]>> = {
  rotate: ['side', 'degrees', 'upside-down'],
  mirror: ['axis', 'upside-down'],
  invert: [],
  other: ['direction', 'particle', 'scale', 'percent']
}
const isAmount = ({ kind }: Modifier) => kind === 'scale' || kind === 'percent'
const isDirection = ({ kind }: Modifier) => kind === 'direction' || kind === 'particle'

/**
 * Reads a prompt in the vocabulary of `generalEdit` into steps, in the order in which they are to be done.
 * @throws {Refusal} that names what is not understood; nothing is guessed or left out
 */
export function parseInstructions (prompt: string): Step[] {
  const clauses = shareModifiers(readPrompt(prompt))
  if (clauses.length === 0) throw new Refusal(`the prompt names no local edit; known: ${known}`)
  const steps = clauses.map(stepOf)
  steps.forEach((step, at) => {
    const opposite = steps.findIndex(other => other.edit === step.edit && isOpposite(other, step))
    if (opposite > at) throw new Refusal(`"${clauses[at].edit.text}" and "${clauses[opposite].edit.text}" contradict each other`)
  })
  return steps
}

function isOpposite (one: Step, other: Step): boolean {
  return 'amount' in one && 'amount' in other && one.amount * other.amount < 0
}

/**
 * "Slightly brighter and warmer" is slightly warmer too; "more contrast and saturation by 20 %" is more of both, by 20 %.
 * Only nouns and qualities share, and only with a neighbour that does not speak for itself.
 */
function shareModifiers (said: readonly Clause[]): Clause[] {
  const clauses = [...said]
  const linked = (at: number) => clauses[at]?.linked && clauses[at].edit.form !== 'verb' && clauses[at - 1].edit.form !== 'verb'
  const speaks = said.map(({ before }) => before.some(({ kind }) => kind === 'direction'))
  const lacks = ({ before, after }: Clause, matches: (modifier: Modifier) => boolean) => ![...before, ...after].some(matches)
  const share = (to: number, place: 'before' | 'after', modifiers: readonly Modifier[]) => {
    clauses[to] = { ...clauses[to], [place]: [...clauses[to][place], ...modifiers] }
  }
  for (let at = 1; at < clauses.length; at++) {
    if (!linked(at) || speaks[at]) continue
    const { before, after } = clauses[at - 1]
    if (lacks(clauses[at], isAmount)) share(at, 'before', before.filter(isAmount))
    if (clauses[at].edit.form === 'noun' && lacks(clauses[at], isDirection)) share(at, 'before', [...before, ...after].filter(isDirection))
  }
  for (let at = clauses.length - 1; at > 0; at--) {
    if (!linked(at) || speaks[at]) continue
    const { after } = clauses[at]
    const last = clauses[at - 1]
    if (lacks(last, isAmount)) share(at - 1, 'after', after.filter(isAmount))
    if (last.edit.form === 'noun' && lacks(last, isDirection)) share(at - 1, 'after', after.filter(({ kind }) => kind === 'particle'))
  }
  return clauses
}

function stepOf ({ edit, before, after }: Clause): Step {
  const name = edit.edit
  const modifiers = [...before, ...after]
  const kinds = taken[name === 'rotate' || name === 'mirror' || name === 'invert' ? name : 'other']
  const stray = modifiers.find(({ kind }) => !kinds.includes(kind))
  if (stray !== undefined) throw new Refusal(`"${stray.text}" does not go with "${edit.text}"`)
  const value = (...wanted: Kind[]) => oneValue(modifiers.filter(({ kind }) => wanted.includes(kind)))
  switch (name) {
    case 'invert': return { edit: name }
    case 'mirror': return { edit: name, axis: oneValue(modifiers.map(asAxis)) === 1 ? 'vertical' : 'horizontal' }
    case 'rotate': return { edit: name, degrees: degreesOf(edit, value('degrees', 'upside-down'), value('side')) }
  }
  const scale = value('scale')
  const percent = value('percent')
  if (scale !== undefined && percent !== undefined) throw new Refusal(`say either a percentage or a word for how much "${edit.text}"`)
  if (percent === 0 || Number(percent) > 100) throw new Refusal(`"${edit.text}" goes from 1 to 100 %`)
  const amount = percent === undefined ? Math.min(1, usualAmounts[name] * (scale ?? 1)) : percent / 100
  return { edit: name, amount: amount * signOf(edit, modifiers) }
}

/** A picture that is flipped upside down is flipped vertically. */
function asAxis (modifier: Modifier): Modifier {
  return modifier.kind === 'upside-down' ? { ...modifier, value: 1 } : modifier
}

function signOf (edit: Clause['edit'], modifiers: readonly Modifier[]): number {
  const directions = modifiers.filter(({ kind }) => kind === 'direction' || (kind === 'particle' && edit.form === 'noun'))
  const direction = oneValue(directions)
  if (direction === undefined && edit.form === 'noun') throw new Refusal(`"${edit.text}" needs "more" or "less"`)
  if (direction === -1 && edit.form === 'verb') throw new Refusal(`"${directions[0].text}" does not go with "${edit.text}"`)
  return edit.sign * (direction ?? 1)
}

/** Degrees clockwise, above 0 and below 360. */
function degreesOf (edit: Clause['edit'], angle: number | undefined, side: number | undefined): number {
  if (angle === undefined && side === undefined) throw new Refusal(`"${edit.text}" needs "left", "right" or an angle in degrees`)
  const degrees = (((angle ?? 90) * (side ?? 1)) % 360 + 360) % 360
  if (degrees === 0) throw new Refusal(`a rotation by ${angle} degrees changes nothing`)
  return degrees
}

/** The value that all modifiers of a kind agree on; undefined when there is none. */
function oneValue (modifiers: readonly Modifier[]): number | undefined {
  const other = modifiers.find(({ value }) => value !== modifiers[0].value)
  if (other !== undefined) throw new Refusal(`"${modifiers[0].text}" and "${other.text}" contradict each other`)
  return modifiers[0]?.value
}
