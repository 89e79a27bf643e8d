import { setImmediate as yieldToOthers } from 'node:timers/promises'
import type { EditMask, Region } from '../request.ts'
import { findBox } from './region.ts'

/** What holds everything of a mask that is above 0, for the event loop: others have their turn meanwhile. undefined when nothing is. */
export async function boxOf (mask: EditMask): Promise<Region | undefined> {
  const search = findBox(mask)
  let found = search.next()
  while (found.done !== true) {
    await yieldToOthers()
    found = search.next()
  }
  return found.value
}
