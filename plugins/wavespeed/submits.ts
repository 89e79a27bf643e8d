import type { ProviderEdit } from '../../core/index.ts'

/** One create call, from before it is sent. */
export interface Submit {
  readonly path: string
  /** What it asks for, without the bytes of pictures. */
  readonly asked: Asked
  /** Milliseconds since the epoch. */
  readonly at: number
}

/** A body in which `inlined` stands for every picture that went along as bytes. */
export type Asked = Readonly<Record<string, unknown>>

/** What this process knows of the tasks that it has asked for: so a task that it has not can be told from them. */
export interface Submits {
  begin (edit: ProviderEdit, path: string, asked: Asked): Submit
  /** Its task has got an id. */
  accepted (submit: Submit, id: string): void
  /** There will be no task. */
  refused (submit: Submit): void
  /** The call that an edit began, if it was this process that began it. */
  of (edit: ProviderEdit): Submit | undefined
  isKnown (id: string): boolean
  /** Other calls for a model whose tasks have no id yet, or whose answers are lost. */
  rivals (path: string, submit: Submit | undefined): number
}

/** Stands for bytes that a comparison cannot see. */
export const inlined = Symbol('inlined')

// Long after a lost call no task of it will turn up any more.
const lostMs = 10 * 60 * 1000
const mostIds = 1000

export function createSubmits (now: () => number = Date.now): Submits {
  const begun = new WeakMap<ProviderEdit, Submit>()
  const unresolved = new Set<Submit>()
  const ids = new Set<string>()
  return {
    begin (edit, path, asked) {
      const submit = { path, asked, at: now() }
      for (const old of unresolved) if (old.at < now() - lostMs) unresolved.delete(old)
      begun.set(edit, submit)
      unresolved.add(submit)
      return submit
    },
    accepted (submit, id) {
      unresolved.delete(submit)
      ids.add(id)
      const [oldest = ''] = ids
      if (ids.size > mostIds) ids.delete(oldest)
    },
    refused: submit => { unresolved.delete(submit) },
    of: edit => begun.get(edit),
    isKnown: id => ids.has(id),
    rivals: (path, submit) => [...unresolved].filter(other => other.path === path && other !== submit && other.at >= now() - lostMs).length
  }
}

/** What a body asks for, as the vendor may show it again: without fields that are undefined, which are not sent. */
export function withoutBytes (body: Asked): Asked {
  const known = Object.entries(body).filter(([, value]) => value !== undefined)
  return Object.fromEntries(known.map(([name, value]) => [name, withoutBytesIn(value)]))
}

function withoutBytesIn (value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutBytesIn)
  if (typeof value !== 'object' || value === null) return value
  return 'base64' in value ? inlined : withoutBytes(Object.fromEntries(Object.entries(value)))
}
