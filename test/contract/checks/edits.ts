import assert from 'node:assert/strict'
import type { ModelCard, Operation, ProviderEdit, Submission } from '../../../core/index.ts'
import { inspect, type ImageFacts } from '../image-facts.ts'
import { observe, resultOf, submitOf, type Observation } from '../observation.ts'
import { once } from '../once.ts'
import type { Check } from '../options.ts'
import type { Look, Subject } from '../subject.ts'
import { lostOnTheWire } from '../wire-content.ts'
import { editSecretCheck } from './secrets.ts'

/** One edit by one model, looked at from all sides. */
export function editChecks (subject: Subject, look: Look, card: ModelCard, operation: Operation): Check[] {
  const seen = once(() => observe(subject, card, operation))
  const facts = once(async () => await factsOf(await seen()))
  const check = (claim: string, run: () => Promise<void>) => ({ name: `${card.id} ${operation}: ${claim}`, run })
  return [
    check('gives a result', async () => {
      const observation = await seen()
      const { raw } = resultOf(observation)
      observation.witness.submissions.forEach(checkSubmission)
      const { maxImages = 1 } = card.outputs
      assert.ok(raw.images.length <= maxImages, `${raw.images.length} images came, the card says ${maxImages}`)
    }),
    check('the image is of the type that was asked for', async () => {
      const { edit } = resultOf(await seen())
      for (const { mediaType } of await facts()) assert.equal(mediaType, edit.output.format)
    }),
    check('the image has the size that the card promises', async () => {
      const { edit } = resultOf(await seen())
      for (const image of await facts()) checkSize(image, edit, subject.test.ratioTolerance)
    }),
    ...operation === 'remove_background' && card.outputs.alpha
      ? [check('the background is transparent and the subject is not', async () => {
          for (const { alpha } of await facts()) assert.ok(alpha.min < 64 && alpha.max > 191, `its alpha goes from ${alpha.min} to ${alpha.max}`)
        })]
      : [],
    check('leaves the request as it was', async () => {
      const { witness } = await seen()
      assert.deepEqual(submitOf({ witness }).touched(), [], 'it wrote into the bytes of an input')
      const frozen = witness.errors.find(error => error instanceof TypeError && /read only|not extensible|Cannot delete/.test(error.message))
      assert.equal(frozen, undefined, 'it wrote into the request, which is frozen')
    }),
    ...look.calls
      ? [check('sends its vendor everything that it was given', async () => {
          const { wiretap, witness } = await seen()
          assert.ok(wiretap.calls.length > 0, 'it called nobody through app.createUpstream')
          assert.deepEqual(lostOnTheWire(submitOf({ witness }).edit, wiretap.calls, subject.test.translated), [], 'these inputs are in no call')
        }), check('is paid for once', async () => {
          const { wiretap } = await seen()
          const paid = wiretap.calls.filter(call => call.paid)
          assert.ok(paid.length <= 1, `${paid.length} calls that are not marked as free were posted for one edit`)
        })]
      : [],
    check('logs neither prompts nor images', async () => {
      const { log, witness } = await seen()
      const shown = privatePartsOf(submitOf({ witness }).edit).filter(({ text }) => log.some(line => line.includes(text)))
      assert.deepEqual(shown.map(({ name }) => name), [], 'these are in the log')
    }),
    ...look.secrets.length > 0 ? [editSecretCheck(look, card, operation, seen)] : []
  ]
}

/** What the contract's types say, for plugins that no compiler has read. */
function checkSubmission (submission: Submission): void {
  if (submission.state === 'pending') {
    const { progress = 0 } = submission
    return assert.ok(progress >= 0 && progress <= 1, `progress ${progress} is not from 0 to 1`)
  }
  const { seed = 0, costUsd = 0, warnings = [], vendorRequestId = 'none' } = submission.result
  assert.ok(Number.isSafeInteger(seed) && seed >= 0, `seed ${seed} is no integer from 0`)
  assert.ok(Number.isFinite(costUsd) && costUsd >= 0, `costUsd ${costUsd} is no number from 0`)
  assert.ok(Array.isArray(warnings) && warnings.every(isText), 'warnings must be a list of sentences')
  assert.ok(isText(vendorRequestId), 'vendorRequestId must be a text')
}

function isText (value: unknown): boolean {
  return typeof value === 'string' && value.trim() !== ''
}

async function factsOf (observation: Observation): Promise<ImageFacts[]> {
  resultOf(observation)
  return await Promise.all(observation.images.map(inspect))
}

function checkSize ({ width, height }: ImageFacts, { card, images: [image], expansion, output }: ProviderEdit, tolerance = 0.02): void {
  const { size, maxSide = Infinity } = card.outputs
  const actual = { width, height }
  if (size.rule === 'input') {
    const { left, right, up, down } = expansion ?? { left: 0, right: 0, up: 0, down: 0 }
    assert.deepEqual(actual, { width: image.width + left + right, height: image.height + up + down })
  } else if (size.rule === 'exact') {
    assert.deepEqual(actual, { width: output.width, height: output.height })
  } else if (size.rule === 'ratio') {
    const [across, down] = String(output.aspectRatio).split(':').map(Number)
    const off = Math.abs(width / height / (across / down) - 1)
    assert.ok(off <= tolerance, `${width}×${height} is not ${output.aspectRatio}`)
  }
  assert.ok(Math.max(width, height) <= maxSide, `${width}×${height}: the card says at most ${maxSide} a side`)
}

/** What must not be in a log: long enough not to be there by chance. */
function privatePartsOf (edit: ProviderEdit): Array<{ name: string, text: string }> {
  const { prompt, searchPrompt, selectPrompt, images } = edit
  const texts = Object.entries({ prompt, searchPrompt, selectPrompt })
    .flatMap(([name, text = '']) => text.length >= 8 ? [{ name, text }] : [])
  return [...texts, ...images.flatMap(({ bytes }, index) => {
    const middle = bytes.subarray(bytes.length >> 1).subarray(0, 30)
    // A Buffer turns into a list of numbers in JSON; base64 has three readings of the same bytes.
    return [middle.join(','), ...[0, 1, 2].map(shift => middle.subarray(shift, shift + 24).toString('base64'))]
      .map(text => ({ name: `image ${index + 1}`, text }))
  })]
}
