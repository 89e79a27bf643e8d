import type { Operation } from '../../core/index.ts'
import { erase } from './erase.ts'
import { generalEdit } from './general-edit.ts'
import { outpaint } from './outpaint.ts'
import type { LocalOperation } from './raster.ts'
import { relight } from './relight.ts'
import { removeBackground } from './remove-background.ts'
import { searchRecolor } from './search-recolor.ts'

/** What each operation of the API runs. Loaded by the workers alone. */
export const operations: Readonly<Partial<Record<Operation, LocalOperation>>> = {
  remove_background: removeBackground,
  erase,
  outpaint,
  relight,
  search_recolor: searchRecolor,
  general_edit: generalEdit
}
