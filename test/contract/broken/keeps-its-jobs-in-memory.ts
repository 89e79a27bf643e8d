import type { JobHandle } from '../../../core/index.ts'
import { cards, soundPlugin } from './sound.ts'
import { withJob } from './with-result.ts'

const name = 'keeps-its-jobs-in-memory'
export const meta = { name }

export default soundPlugin(name, sound => {
  const handles: JobHandle[] = []
  const original = ({ index }: JobHandle) => handles[Number(index)]
  return {
    ...withJob(sound, ({ handle, ...job }) => ({ ...job, handle: { index: handles.push(handle) - 1 } })),
    poll: async (handle, context) => ({ ...await sound.poll(original(handle), context), handle }),
    cancel: async (handle, context) => await sound.cancel(original(handle), context)
  }
}, [cards.later])
