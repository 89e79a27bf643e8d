import type { ModelCard } from './model-card.ts'
import { operations, type InputName } from './operations.ts'
import type { EditRequest } from './request.ts'

/** Where an input stands in a request; references stand behind the first image. */
const places = {
  mask: 'mask',
  prompt: 'prompt',
  search_prompt: 'searchPrompt',
  select_prompt: 'selectPrompt',
  background: 'background',
  lighting: 'lighting',
  expansion: 'expansion'
} as const satisfies Partial<Record<InputName, keyof EditRequest>>

/** Takes out what a model would not get and the operation does not require. What it requires stays: then the model does not fit. */
export function dropInputs (request: EditRequest, { inputs }: ModelCard): { request: EditRequest, lost: InputName[] } {
  const { inputs: uses } = operations[request.operation]
  const takes: readonly string[] = inputs.mask === 'none' ? inputs.accepts : [...inputs.accepts, 'mask']
  const names = Object.keys(places) as Array<keyof typeof places> // Object.keys forgets the keys' type
  const lost: InputName[] = names.filter(name => request[places[name]] !== undefined && uses[name] !== 'required' && !takes.includes(name))
  const [image, ...references] = request.images
  const images = [image, ...references.slice(0, inputs.maxImages - 1)] as const
  if (images.length < request.images.length) lost.push('references')
  const gone = new Set<string>(names.filter(name => lost.includes(name)).map(name => places[name]))
  // Without some optional keys it is still a request: fromEntries cannot know.
  const kept = Object.fromEntries(Object.entries(request).filter(([key]) => !gone.has(key))) as unknown as EditRequest
  return { request: { ...kept, images }, lost }
}
