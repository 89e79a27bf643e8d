import assert from 'node:assert/strict'
import type { EncodedImage, ModelCard, Operation, ProviderEdit } from '../../../core/index.ts'
import { inspect } from '../image-facts.ts'
import type { Kernel } from '../kernel.ts'
import { describeError, sampleOf } from '../observation.ts'
import type { Check } from '../options.ts'
import type { Subject } from '../subject.ts'

/** For who says `keepsNoBytes`: once an edit is over, the kernel takes the memory of its pictures, and that of its result, for others. */
export function lentMemoryCheck (subject: Subject, card: ModelCard, operation: Operation): Check {
  return {
    name: `${card.id} ${operation}: keeps no bytes of an edit that is over`,
    async run () {
      await using setup = await subject.setUp()
      const kernel = await setup.open()
      const adapted = async () => inOwnMemory(await kernel.adapt(await sampleOf(subject, card, operation)))
      const [first, again] = [await adapted(), await adapted()]
      const result = await attempt(kernel, first)
      const before = Buffer.from(result)
      for (const { bytes } of picturesOf(first)) take(bytes)
      assert.ok(before.equals(result), 'its result stands in the memory of the pictures that it was given')
      take(result)
      // The same pictures, elsewhere: who has kept the first ones, or what was made of them, finds them empty.
      await inspect(await attempt(kernel, again))
    }
  }
}

async function attempt ({ provider, context, finish }: Kernel, edit: ProviderEdit): Promise<Uint8Array> {
  return await provider.submit(edit, context()).then(finish)
    .catch((err: unknown) => assert.fail(`there is no result: ${describeError(err)}`))
}

/** What it can give back of its memory is empty then. A small answer may stand among what belongs to others. */
function take ({ buffer, byteLength }: Uint8Array): void {
  if (buffer instanceof ArrayBuffer && buffer.byteLength === byteLength) buffer.transfer()
}

function inOwnMemory (edit: ProviderEdit): ProviderEdit {
  const own = ({ bytes, ...image }: EncodedImage): EncodedImage => {
    const copy = Buffer.allocUnsafeSlow(bytes.length)
    bytes.copy(copy)
    return { ...image, bytes: copy }
  }
  const { images: [first, ...rest], mask, background, lighting } = edit
  return {
    ...edit,
    images: [own(first), ...rest.map(own)],
    ...mask && { mask: own(mask) },
    ...background && { background: own(background) },
    ...lighting && { lighting: own(lighting) }
  }
}

function picturesOf ({ images, mask, background, lighting }: ProviderEdit): EncodedImage[] {
  return [...images, mask, background, lighting].filter(image => image !== undefined)
}
