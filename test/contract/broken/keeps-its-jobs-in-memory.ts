import type { JobHandle } from '../../../core/index.ts'
import { withHandle } from './with-result.ts'
import { cards, soundPlugin } from './sound.ts'

const name = 'keeps-its-jobs-in-memory'
export const meta = { name }

export default soundPlugin(name, sound => {
  const handles: JobHandle[] = []
  return {
    ...withHandle(sound, handle => ({ index: handles.push(handle) - 1 })),
    poll: async (handle, context) => ({ ...await sound.poll(handles[Number(handle.index)], context), handle }),
    cancel: async ({ index }, context) => await sound.cancel(handles[Number(index)], context)
  }
}, [cards.later])
