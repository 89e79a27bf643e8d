import { addedWords, coveredWords, keyWords, longestKey, marginWords, recolourWords, replaceWords, sameWords, type KeyUse } from './emulation-prompts.ts'
import type { Misfit } from './fit-image.ts'
import type { ModelCard } from './model-card.ts'
import type { Operation } from './operations.ts'
import { isPreserving } from './preservation.ts'
import type { Adaptation, EditRequest, Expansion, Size } from './request.ts'
import { grow, sizeText } from './restoration.ts'

/** How a model is made to do what it does not do by itself. */
export interface Emulation {
  readonly way: 'edit' | 'paint' | 'canvas' | 'instruction' | 'key' | 'marking'
  /** For people, after "emulated: ". */
  readonly detail: string
  /**
   * Of the mask: `sent` as it is, where there is one; `added` = what a canvas adds to the image; `kept` = not sent: what it does not
   * cover is put back afterwards; `marked` = laid over the image in a key colour.
   */
  readonly mask: 'sent' | 'added' | 'kept' | 'marked'
  /** The image is sent on a larger canvas: larger by so many pixels, filled with what is nearest or with grey. */
  readonly canvas?: { readonly size: Size, readonly expansion: Expansion, readonly fill: 'nearest' | 'grey' }
  /** The instruction names a colour that is far from those of the image: which, is known once it is looked at. */
  readonly key?: KeyUse
}

/** One way to emulate an operation: what it needs of a card, and how the request is rewritten. */
interface Way extends Pick<Emulation, 'way' | 'detail' | 'mask' | 'key'> {
  /** Operations that it asks for, the better one first. */
  readonly asks: readonly Operation[]
  readonly needsMask?: boolean
  readonly words: (request: EditRequest, operation: Operation) => string
  readonly fill?: 'nearest' | 'grey'
}

const edit: Way = {
  way: 'edit',
  asks: ['general_edit'],
  mask: 'kept',
  words: sameWords,
  detail: 'the whole image is edited by the prompt'
}

/**
 * The ways of each operation, the best one first.
 *
 * A canvas that a mask covers is filled with the nearest pixels: that is where a model which paints over what is there begins. Without a
 * mask it is grey: a model that goes by instructions keeps a stretched border as if it were a picture of stripes, while a
 * flat margin is plainly nothing, and can be named. What is to be erased without a mask is painted over with a flat colour, since
 * words for a place and a thing that nobody has named are not to be had.
 */
const ways: Readonly<Partial<Record<Operation, readonly Way[]>>> = {
  inpaint: [edit],
  general_edit: [edit],
  outpaint: [{
    way: 'paint',
    asks: ['inpaint', 'general_edit'],
    needsMask: true,
    mask: 'added',
    fill: 'nearest',
    words: addedWords,
    detail: 'the image is laid on the larger canvas, and what is added is painted through a mask'
  }, {
    way: 'canvas',
    asks: ['general_edit'],
    mask: 'kept',
    fill: 'grey',
    words: marginWords,
    detail: 'the image is laid on the larger canvas, and the model is told to fill the margin'
  }],
  search_replace: [{
    way: 'instruction', asks: ['general_edit'], mask: 'kept', words: replaceWords, detail: 'by an instruction to replace the one with the other'
  }],
  search_recolor: [{
    way: 'instruction', asks: ['general_edit'], mask: 'kept', words: recolourWords, detail: 'by an instruction to change the colour'
  }],
  remove_background: [{
    way: 'key',
    asks: ['general_edit'],
    mask: 'kept',
    key: 'backdrop',
    words: () => keyWords('backdrop', longestKey),
    detail: 'the model is told to make the background one flat colour, which is then made transparent'
  }],
  erase: [{
    way: 'paint',
    asks: ['inpaint', 'general_edit'],
    needsMask: true,
    mask: 'sent',
    words: coveredWords,
    detail: 'what the mask covers is painted anew as empty background'
  }, {
    way: 'marking',
    asks: ['general_edit'],
    mask: 'marked',
    key: 'marking',
    words: () => keyWords('marking', longestKey),
    detail: 'what the mask covers is marked in a flat colour, and the model is told to fill that with background'
  }]
}

/** What a model lacks that an emulation can make up for. */
const lacks: ReadonlySet<Misfit['reason']> = new Set(['operation', 'mask', 'prompt', 'expansion'])

/** Pixels. In fewer nothing shows which are background, and a result that is paid for would be refused. */
const leastCutOut = 64

/** A request as a model gets it in place of the caller's. */
export interface Rewriting {
  readonly emulation: Emulation
  /** Its first image has the size of the canvas, where there is one, and the bytes of the image. */
  readonly asked: EditRequest
}

/** The ways in which a card can stand in for what it lacks, or why one that there is would lose something. Pure. */
export function rewritings (request: EditRequest, card: ModelCard, { reason }: Misfit): Array<Rewriting | Misfit> {
  if (!lacks.has(reason)) return []
  return (ways[request.operation] ?? []).flatMap((way): Array<Rewriting | Misfit> => {
    const operation = way.asks.find(name => card.operations.includes(name))
    const isMasked = card.inputs.mask !== 'none'
    if (operation === undefined || !card.inputs.accepts.includes('prompt') || (way.needsMask === true && !isMasked)) return []
    const mask = way.mask === 'kept' && isMasked ? 'sent' : way.mask
    // It would change nothing: what is lacking is something else.
    if (way === edit && operation === request.operation && (request.mask === undefined || isMasked)) return []
    if (mask === 'kept' && request.mask !== undefined && !isPreserving(request)) {
      return [{ reason: 'mask', message: 'takes no mask, and as what is not masked is not to be put back, it would be lost' }]
    }
    const { width, height } = request.images[0]
    if (way.key === 'backdrop' && width * height < leastCutOut) {
      return [{ reason: 'pixels', message: `its background is told from ${leastCutOut} pixels on, the image has ${width * height}` }]
    }
    return [rewrite(request, { ...way, mask }, operation)]
  })
}

function rewrite (request: EditRequest, { way, detail, mask, key, words, fill }: Way, operation: Operation): Rewriting {
  const { images: [image, ...references], mask: sent, expansion, prompt, searchPrompt, selectPrompt, ...rest } = request
  const size = grow(image, expansion)
  return {
    emulation: {
      way,
      detail: mask === 'kept' && sent !== undefined ? `${detail}, and what the mask does not cover is put back` : detail,
      mask,
      ...fill !== undefined && expansion !== undefined && { canvas: { size, expansion, fill } },
      ...key !== undefined && { key }
    },
    asked: { ...rest, operation, images: [{ ...image, ...size }, ...references], prompt: words(request, operation), ...mask === 'sent' && sent !== undefined && { mask: sent } }
  }
}

/** Of a result. */
export const cutOutText = 'its flat background is made transparent'

/** What an emulation does to the images, beside what fits them to the model. */
export function planEmulation ({ canvas, mask, key }: Partial<Emulation>, { images: [image], output }: EditRequest): { readonly before: Adaptation[], readonly after: Adaptation[] } {
  return {
    before: [
      ...canvas === undefined ? [] : [{ kind: 'pad' as const, detail: `${sizeText(image)} is laid on a canvas of ${sizeText(canvas.size)}` }],
      ...mask === 'added' ? [{ kind: 'mask' as const, detail: 'a mask of what is added is sent' }] : [],
      ...mask === 'marked' ? [{ kind: 'mask' as const, detail: 'what the mask covers is painted over in a flat colour' }] : []
    ],
    after: key !== 'backdrop'
      ? []
      : [
          { kind: 'restore', detail: `of the result: ${cutOutText}` },
          ...output.preserveUnmasked === false ? [] : [{ kind: 'preserve' as const, detail: 'the subject\'s own pixels are put back into the result' }]
        ]
  }
}
