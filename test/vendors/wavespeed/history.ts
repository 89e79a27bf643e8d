import { Type, type Static } from '@sinclair/typebox'
import { Value } from '@sinclair/typebox/value'
import type { TaskData } from './tasks.ts'

const Query = Type.Object({
  page: Type.Integer({ minimum: 1 }),
  page_size: Type.Integer({ minimum: 1, maximum: 100 }),
  model: Type.Optional(Type.String()),
  status: Type.Optional(Type.String()),
  created_after: Type.Optional(Type.String({ pattern: '^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d+)?(Z|[+-]\\d\\d:\\d\\d)$' })),
  created_before: Type.Optional(Type.String())
}, { additionalProperties: false })
export type HistoryQuery = Static<typeof Query>

/** The body of `POST /api/v3/predictions`; undefined when it breaks a rule. `page` and `page_size` are required. */
export function readQuery (body: Buffer): HistoryQuery | undefined {
  try {
    const query: unknown = JSON.parse(body.toString())
    return Value.Check(Query, query) ? query : undefined
  } catch {
    return undefined
  }
}

/** One page of the tasks that fit, in the order in which they come. */
export function pageOf<T extends TaskData> (tasks: readonly T[], query: HistoryQuery): { page: number, total: number, items: T[] } {
  const { page, page_size: size, model, status, created_after: after, created_before: before } = query
  const at = (task: T) => Date.parse(String(task.created_at))
  const fitting = tasks.filter(task =>
    (model === undefined || task.model === model) && (status === undefined || task.status === status) &&
    (after === undefined || at(task) >= Date.parse(after)) && (before === undefined || at(task) <= Date.parse(before)))
  return { page, total: fitting.length, items: fitting.slice((page - 1) * size, page * size) }
}
