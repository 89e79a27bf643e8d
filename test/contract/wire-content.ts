import type { ProviderEdit } from '../../core/index.ts'
import type { WireCall } from './wiretap.ts'

/** The inputs of an edit that are in none of the calls, by name. */
export function lostOnTheWire (edit: ProviderEdit, calls: readonly WireCall[], translated: readonly string[] = []): string[] {
  const leaves = calls.flatMap(({ content }) => leavesOf(content))
  const bytes = leaves.filter(leaf => Buffer.isBuffer(leaf))
  const texts = leaves.filter(leaf => typeof leaf === 'string')
  const holds = (text: string) => texts.some(sent => sent.includes(text))
  const isSent = (value: unknown): boolean => {
    if (Buffer.isBuffer(value)) return bytes.some(sent => sent.equals(value)) || holds(value.toString('base64'))
    if (typeof value === 'string') return holds(value)
    if (typeof value === 'number') return leaves.includes(value) || texts.some(sent => wordsOf(sent).includes(String(value)))
    // True and false are in any answer to anything.
    return true
  }
  return inputsOf(edit)
    .filter(([name, value]) => !translated.includes(name) && !isSent(value))
    .map(([name]) => name)
}

function inputsOf ({ images, mask, background, lighting, prompt, searchPrompt, selectPrompt, expansion, parameters }: ProviderEdit): Array<[string, unknown]> {
  return [
    ...images.map(({ bytes }, index): [string, unknown] => [`image ${index + 1}`, bytes]),
    ...Object.entries({ mask: mask?.bytes, background: background?.bytes, lighting: lighting?.bytes, prompt, searchPrompt, selectPrompt }),
    ...Object.entries(expansion ?? {}),
    ...Object.entries(parameters)
  ]
}

function leavesOf (value: unknown): unknown[] {
  if (Buffer.isBuffer(value) || typeof value !== 'object' || value === null) return [value]
  return Object.values(value).flatMap(leavesOf)
}

function wordsOf (text: string): string[] {
  return text.split(/[^\d.-]+/)
}
