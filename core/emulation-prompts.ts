import type { Operation } from './operations.ts'
import type { EditRequest, Expansion } from './request.ts'

/** Colours that hardly any picture has: for backdrops and markings that are to be found again. */
export const keyColours = { green: '#00ff00', blue: '#0000ff', magenta: '#ff00ff' } as const
export type KeyName = keyof typeof keyColours
export const keyNames: readonly KeyName[] = ['green', 'blue', 'magenta']

/** What a key colour is for. */
export type KeyUse = 'backdrop' | 'marking'

type Words = Pick<EditRequest, 'prompt' | 'searchPrompt' | 'selectPrompt' | 'expansion'>

/** An instruction in the caller's own words. */
export function sameWords ({ prompt = '' }: Words): string {
  return prompt
}

/** For a model that edits by instruction. */
export function replaceWords ({ searchPrompt = '', prompt = '' }: Words): string {
  return `Replace ${bare(searchPrompt)} with ${bare(prompt)}. Keep everything else in the picture exactly as it is.`
}

export function recolourWords ({ selectPrompt = '', prompt = '' }: Words): string {
  return `Change the color of ${bare(selectPrompt)} to ${bare(prompt)}. Keep its shape, texture and light, and everything else in the picture, exactly as they are.`
}

/** For a model that gets a mask of what is to go: one that inpaints takes what it is told for what shall be seen there. */
export function coveredWords (_: Words, operation: Operation): string {
  return operation === 'inpaint'
    ? 'Only the empty background, which continues what is around it, seamlessly and without any object.'
    : 'Remove what the mask covers, and fill the gap with the background that is around it, seamlessly and without any object.'
}

/** For a model that gets a mask of what an image on a larger canvas is extended by. */
export function addedWords ({ prompt }: Words, operation: Operation): string {
  const wish = prompt === undefined ? 'The same scene, continued naturally beyond the edge of the picture.' : prompt
  return operation === 'inpaint' ? wish : `Extend the picture naturally into the masked margin. ${wish}`
}

/** For a model that edits by instruction and gets the picture on a larger, grey canvas. */
export function marginWords ({ prompt, expansion }: Words): string {
  return `Extend the picture naturally into the flat gray margin ${sidesOf(expansion)}: fill all of it with what continues the scene, in the same perspective, light and style. ` +
    'Leave no gray and no frame. Keep the picture itself exactly as it is, in its place and size.' +
    (prompt === undefined ? '' : ` In the new part: ${prompt}`)
}

/** The longest words with which `keyWords` answers for any colour are those with this one. */
export const longestKey: KeyName = 'magenta'

/** Instructions that name a key colour. */
export function keyWords (use: KeyUse, key: KeyName): string {
  const colour = `pure ${key} (${keyColours[key]})`
  return use === 'backdrop'
    ? `Replace the whole background with one completely flat, even color, ${colour}. Keep the main subject exactly as it is, in the same place and size, with every ` +
      `detail of its edges. No shadow, no reflection, no gradient and no ${key} light on the subject.`
    : `The flat area of ${colour} covers something that shall be removed. Fill this area with the background that is around it, seamlessly and without any object, ` +
      `so that no ${key} is left. Keep everything else in the picture exactly as it is.`
}

/** A sentence's end inside of a sentence would make two of it. */
function bare (words: string): string {
  return words.trim().replace(/[.!]+$/, '')
}

function sidesOf ({ left, right, up, down }: Expansion = { left: 0, right: 0, up: 0, down: 0 }): string {
  const sides = [...left > 0 ? ['on the left'] : [], ...right > 0 ? ['on the right'] : [], ...up > 0 ? ['above'] : [], ...down > 0 ? ['below'] : []]
  return new Intl.ListFormat('en').format(sides)
}
