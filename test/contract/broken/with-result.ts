import type { ProviderResult, Submission } from '../../../core/index.ts'
import type { Sound } from './sound.ts'

/** The provider with another result in place of each of its own. */
export function withResult (sound: Sound, change: (result: ProviderResult) => ProviderResult | Promise<ProviderResult>): Sound {
  const changed = async (submission: Submission): Promise<Submission> =>
    submission.state === 'done' ? { state: 'done', result: await change(submission.result) } : submission
  return {
    ...sound,
    submit: async (edit, context) => await changed(await sound.submit(edit, context)),
    poll: async (handle, context) => await changed(await sound.poll(handle, context))
  }
}

/** The provider with other bytes in place of each image. */
export function withBytes (sound: Sound, change: (bytes: Uint8Array) => Promise<Buffer>): Sound {
  return withResult(sound, async result => {
    const [image] = result.images
    return 'bytes' in image ? { ...result, images: [{ bytes: await change(image.bytes) }] } : result
  })
}

/** The provider with another job in place of each that it starts. */
export function withJob (sound: Sound, change: (pending: Pending) => Submission): Sound {
  return {
    ...sound,
    async submit (edit, context) {
      const submission = await sound.submit(edit, context)
      return submission.state === 'pending' ? change(submission) : submission
    }
  }
}

type Pending = Extract<Submission, { state: 'pending' }>
