import type { KeyName } from '../emulation-prompts.ts'

/**
 * How much of a key colour is in a colour, in its own levels: by how much the key's channels lie above all others. Greys have none;
 * what is mixed of the key and something else has as much as its share of the key, if the other has none.
 */
export function keyness (key: KeyName, red: number, green: number, blue: number): number {
  if (key === 'green') return green - Math.max(red, blue)
  return key === 'blue' ? blue - Math.max(red, green) : Math.min(red, blue) - green
}
