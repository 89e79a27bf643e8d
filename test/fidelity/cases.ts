import type { TestImage } from './images.ts'
import type { Service } from './service.ts'

export const formats = ['png', 'jpeg', 'webp', 'avif'] as const
export type Format = typeof formats[number]

/** What is asked of an operation, beside the image. */
export interface Wish {
  readonly operation: string
  readonly masked: boolean
  /** Text fields and expansions. */
  readonly fields: Readonly<Record<string, string | number>>
}

/** Every operation, with and without a mask where it can do without. */
export const wishes: readonly Wish[] = [
  { operation: 'remove_background', masked: false, fields: {} },
  { operation: 'inpaint', masked: true, fields: { prompt: 'a green bush' } },
  { operation: 'outpaint', masked: false, fields: { expand_left: 40, expand_up: 16, expand_right: 24 } },
  { operation: 'search_replace', masked: false, fields: { prompt: 'a green bush', search_prompt: 'ball' } },
  { operation: 'search_replace', masked: true, fields: { prompt: 'a green bush', search_prompt: 'ball' } },
  { operation: 'search_recolor', masked: false, fields: { prompt: 'blue', select_prompt: 'red' } },
  { operation: 'search_recolor', masked: true, fields: { prompt: 'blue', select_prompt: 'red' } },
  { operation: 'relight', masked: false, fields: {} },
  { operation: 'general_edit', masked: false, fields: { prompt: 'brighter' } },
  { operation: 'general_edit', masked: true, fields: { prompt: 'brighter' } },
  { operation: 'erase', masked: true, fields: {} }
]

/** One call of one provider. */
export interface Case {
  readonly image: TestImage
  readonly wish: Wish
  readonly provider: string
  readonly format: Format
  /** 1–100; absent: as the service thinks best. */
  readonly quality?: number
  /** It does not do this by itself: `unsupported: "emulate"`. */
  readonly emulated: boolean
}

/** A provider that an image and a wish do not go to, and why. */
export interface NotOffered {
  readonly operation: string
  readonly provider: string
  readonly reason: string
}

/** The fields of a request, but for the route and the format of the result. */
export function fieldsOf ({ image, wish }: Pick<Case, 'image' | 'wish'>, background: Buffer): Record<string, unknown> {
  return {
    image_base64: image.bytes.toString('base64'),
    operation: wish.operation,
    ...wish.fields,
    ...wish.masked && { mask_base64: image.mask.png.toString('base64') },
    ...wish.operation === 'relight' && { background_image_base64: background.toString('base64') }
  }
}

/** Asks the plan of every wish who would do it. */
export async function findCases (service: Service, images: readonly TestImage[], background: Buffer, asked: readonly Wish[] = wishes): Promise<{
  readonly cases: readonly Case[], readonly notOffered: readonly NotOffered[]
}> {
  const cases: Case[] = []
  const notOffered: NotOffered[] = []
  let turn = 0
  for (const [index, image] of images.entries()) {
    for (const wish of asked) {
      const { status, body } = await service.plan({ ...fieldsOf({ image, wish }, background), unsupported: 'emulate' })
      const able = status === 200 ? body.candidates : []
      if (status !== 200 && status !== 422) throw new Error(`plan of ${image.name}, ${wish.operation}: ${status} ${JSON.stringify(body)}`)
      for (const provider of service.providers) {
        const candidates = able.filter(candidate => candidate.provider === provider)
        if (candidates.length > 0) {
          // Most in PNG, where what is kept can be compared to the pixel; of the others each in its turn.
          const format = (turn + index) % 3 === 2 ? formats[1 + Math.floor((turn + index) % 9 / 3)] ?? 'png' : 'png'
          const emulated = candidates.every(candidate => candidate.emulated)
          cases.push({ image, wish, provider, format, emulated, ...turn % 2 === 0 && format !== 'png' && { quality: 92 } })
          turn++
        } else {
          const reasons = (body.rejected ?? []).filter(rejection => rejection.provider === provider).map(({ reason }) => reason)
          notOffered.push({ operation: wish.operation, provider, reason: reasons.find(reason => reason !== 'operation') ?? 'operation' })
        }
      }
    }
  }
  return { cases, notOffered }
}

/** Pixels from which on an image takes long enough to be spared a part of the product. */
const many = 1_500_000

/**
 * The cases that are sent. Every image meets every operation and every provider that takes it; what need not be the full product:
 * large images go to each operation and each provider once, not to each pair of them; of the providers that would emulate an
 * operation one is asked, another for the next image; and the local provider, whose own work takes longest, gets every other image
 * where a vendor does the same.
 */
export function rotate (cases: readonly Case[]): Case[] {
  const met = new Set<string>()
  const images = [...new Set(cases.map(({ image }) => image))]
  const byWish = Map.groupBy(cases.filter(({ emulated }) => emulated), ({ image, wish }) => `${image.name} ${wish.operation} ${wish.masked}`)
  return cases.filter(one => {
    const { image, wish: { operation, masked }, provider, emulated } = one
    const turn = images.indexOf(image) + wishes.indexOf(one.wish)
    if (emulated) {
      const all = byWish.get(`${image.name} ${operation} ${masked}`) ?? []
      return all[turn % all.length] === one
    }
    if (image.width * image.height < many) return provider !== 'local' || !['erase', 'outpaint', 'relight'].includes(operation) || turn % 2 === 0
    const keys = [`${image.name} ${operation}`, `${image.name} ${provider}`]
    const isNew = keys.some(key => !met.has(key))
    keys.forEach(key => met.add(key))
    return isNew
  })
}

/** A sample over all pairs of provider and operation, all classes and formats. */
export function sample (cases: readonly Case[], count: number): Case[] {
  const small = cases.filter(({ image }) => image.width * image.height < many)
  const taken = new Set<Case>()
  const seen = new Map<string, number>()
  const rarity = ({ image, wish, provider, format, emulated }: Case) => [`${provider} ${wish.operation} ${wish.masked}`, `${wish.operation} ${emulated}`, image.name, image.class, `${provider} ${format}`, `${image.class} ${wish.operation}`, `${wish.masked || wish.operation === 'outpaint'} ${format === 'png'}`]
  while (taken.size < Math.min(count, small.length)) {
    const worth = (one: Case) => rarity(one).reduce((sum, key) => sum + (seen.get(key) ?? 0), 0)
    const rest = small.filter(one => !taken.has(one))
    const next = rest.reduce((best, one) => worth(one) < worth(best) ? one : best)
    taken.add(next)
    for (const key of rarity(next)) seen.set(key, (seen.get(key) ?? 0) + 1)
  }
  return [...taken]
}
