import { Refusal } from './raster.ts'
import { known, longestPhrase, vocabulary, type EditWord, type ModifierWord, type Word } from './vocabulary.ts'

interface Token { readonly text: string, readonly word: Word | { readonly kind: 'number', readonly value: number } }

/** A word as it stands in the prompt. */
export type Edit = EditWord & { readonly text: string }
export type Modifier = ModifierWord & { readonly text: string }

/** One edit and what stands around it. */
export interface Clause {
  readonly edit: Edit
  /** Modifiers before the edit ("slightly brighter") and after it ("brighter by 10 %"). */
  readonly before: readonly Modifier[]
  readonly after: readonly Modifier[]
  /** Only a comma or "and" stands between it and the clause before, and no verb: what was said there may hold here. */
  readonly linked: boolean
}

/**
 * Reads a prompt of `generalEdit` into clauses.
 * @throws {Refusal} that names the first word or number that belongs nowhere
 */
export function readPrompt (prompt: string): Clause[] {
  const tokens = tokenize(prompt)
  const clauses: Clause[] = []
  let edit: Edit | undefined
  let before: Modifier[] = []
  let after: Modifier[] = []
  let turn: string | undefined
  let linked = false

  const close = (joined: boolean) => {
    const turned = before.find(({ kind }) => kind === 'upside-down' || (turn !== undefined && (kind === 'side' || kind === 'degrees')))
    if (edit === undefined && turned !== undefined) edit = { kind: 'edit', edit: 'rotate', form: 'verb', sign: 1, text: turned.text }
    const last = clauses.at(-1)
    if (edit !== undefined) {
      clauses.push({ edit, before, after, linked })
    } else if (before.length > 0 && linked && last !== undefined) {
      clauses[clauses.length - 1] = { ...last, after: [...last.after, ...before] }
    } else if (before.length > 0 || turn !== undefined) {
      throw new Refusal(`"${before[0]?.text ?? turn}" belongs to no edit; known: ${known}`)
    }
    linked = joined
    edit = turn = undefined
    before = []
    after = []
  }
  const modify = (...modifiers: Modifier[]) => (edit === undefined ? before : after).push(...modifiers)

  for (const [at, { text, word }] of tokens.entries()) {
    if (word.kind === 'edit') {
      if (tokens[at - 1]?.word.kind === 'the' && tokens[at + 1]?.word.kind === 'image') {
        throw new Refusal(`"the ${text} ${tokens[at + 1].text}" describes the image: say only what is to be done`)
      }
      if (edit !== undefined) {
        // "high contrast black and white": two edits without a word between them; "more" always belongs to what follows.
        const unclear = after.find(({ kind }) => kind !== 'direction')
        if (unclear !== undefined) {
          throw new Refusal(`put a comma between "${edit.text}" and "${text}": it is not clear which of them "${unclear.text}" belongs to`)
        }
        const next = after
        after = []
        close(true)
        before = next
      }
      edit = { ...word, text }
    } else if (word.kind === 'number') {
      const rotates = turn !== undefined || edit?.edit === 'rotate'
      modify(...readNumber(text, word.value, { previous: tokens[at - 1]?.word, next: tokens[at + 1]?.word, rotates }))
    } else if (word.kind === 'unit') {
      if (tokens[at - 1]?.word.kind !== 'number') throw new Refusal(`"${text}" needs a number before it`)
    } else if (word.kind === 'and' || word.kind === 'stop') {
      close(word.kind === 'and' && (linked || edit !== undefined))
    } else if (word.kind === 'turn') {
      turn = text
      linked = false
    } else if (word.kind === 'verb') {
      linked = false
    } else if ('value' in word) {
      modify({ ...word, text })
    }
  }
  close(false)
  return clauses
}

function tokenize (prompt: string): Token[] {
  const texts = prompt.normalize('NFKC').toLowerCase()
    .replaceAll(/\bb\s*[&/]\s*w\b/g, 'bw')
    .replaceAll('−', '-')
    .match(/[-+]?\d+(?:[.,]\d+)?|[\p{L}\p{M}'’]+|[^\s\p{L}\p{M}\d"“”()-]/gu) ?? []
  const tokens: Token[] = []
  const unknown = new Set<string>()
  for (let at = 0; at < texts.length;) {
    let length = longestPhrase
    while (length > 1 && !vocabulary.has(texts.slice(at, at + length).join(' '))) length--
    const text = texts.slice(at, at + length).join(' ')
    const word = vocabulary.get(text)
    const number = Number(text.replace(',', '.'))
    if (word !== undefined) tokens.push({ text, word })
    else if (Number.isFinite(number)) tokens.push({ text, word: { kind: 'number', value: number } })
    else unknown.add(`"${text.slice(0, 30)}"`)
    at += Math.min(length, texts.length - at)
  }
  if (unknown.size > 0) {
    const names = [...unknown].slice(0, 3).join(', ')
    throw new Refusal(`${names} ${unknown.size === 1 ? 'is' : 'are'} not in the vocabulary of local edits; known: ${known}`)
  }
  return tokens
}

/** A number with what follows it. A signed percentage is an amount and a direction, a signed angle is one number. */
function readNumber (text: string, value: number, { previous, next, rotates }: {
  previous: Token['word'] | undefined, next: Token['word'] | undefined, rotates: boolean
}): Modifier[] {
  if (previous?.kind === 'to') throw new Refusal(`"to ${text}" cannot be done, edits are relative: say "by ${text}"`)
  if (next?.kind === 'unit' && next.unit === 'percent') {
    const direction: Modifier = { kind: 'direction', value: Math.sign(value), text }
    return [...'+-'.includes(text[0]) ? [direction] : [], { kind: 'percent', value: Math.abs(value), text: `${text} %` }]
  }
  if (next?.kind === 'unit' || rotates) return [{ kind: 'degrees', value, text }]
  throw new Refusal(`"${text}" needs a unit: % or degrees`)
}
