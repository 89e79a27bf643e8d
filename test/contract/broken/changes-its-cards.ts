import type { ModelCard } from '../../../core/index.ts'
import { cards, soundPlugin } from './sound.ts'

const name = 'changes-its-cards'
export const meta = { name }

let reads = 0

export default soundPlugin(name, sound => ({
  ...sound,
  get models (): [ModelCard] { return [{ ...cards.now, description: `Read ${++reads} times.` }] }
}))
