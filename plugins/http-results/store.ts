import { randomBytes } from 'node:crypto'
import { mkdir, mkdtemp, open, readdir, rm, stat, unlink, writeFile, type FileHandle } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export interface StoreOptions {
  /** Made when it is not there. Absent: one of this process alone, made with the first result, which goes with the process. */
  readonly directory: string | undefined
  readonly ttlMs: number
  /** Of all files together: the oldest go first, but never the newest. */
  readonly maxBytes: number
}

/** Results as files of unguessable names. Other files in the directory are left alone. */
export interface Store {
  /** @returns the file's name */
  keep (bytes: Uint8Array, ending: string): Promise<string>
  /** undefined = it is not there. The caller closes it. */
  open (name: string): Promise<FileHandle | undefined>
  /** Removes what has expired, and the oldest of what is too much. */
  sweep (): Promise<void>
  close (): Promise<void>
}

/** Of an id, bytes. */
const idBytes = 24
const pattern = /^[\w-]{32}\.[a-z]{3,4}$/

export async function createStore ({ directory, ttlMs, maxBytes }: StoreOptions): Promise<Store> {
  let home: Promise<string> | undefined
  if (directory !== undefined) {
    await mkdir(directory, { recursive: true, mode: 0o700 })
    home = Promise.resolve(directory)
  }
  let bytesKept = 0
  let sweeping: Promise<void> | undefined

  async function sweep (folder: string): Promise<void> {
    const names = (await readdir(folder)).filter(name => pattern.test(name))
    const files = (await Promise.all(names.map(async name => ({ path: join(folder, name), facts: await ifThere(stat(join(folder, name))) }))))
      .flatMap(({ path, facts }) => facts === undefined ? [] : [{ path, at: facts.mtimeMs, bytes: facts.size }])
      .toSorted((a, b) => b.at - a.at)
    let kept = 0
    for (const [index, { path, at, bytes }] of files.entries()) {
      if (at + ttlMs > Date.now() && (index === 0 || kept + bytes <= maxBytes)) kept += bytes
      else await ifThere(unlink(path))
    }
    bytesKept = kept
  }
  const sweepOnce = async () => {
    if (home === undefined) return
    sweeping ??= home.then(sweep).finally(() => { sweeping = undefined })
    await sweeping
  }

  return {
    async keep (bytes, ending) {
      const name = `${randomBytes(idBytes).toString('base64url')}.${ending}`
      home ??= mkdtemp(join(tmpdir(), 'retouch-results-'))
      await writeFile(join(await home, name), bytes, { flag: 'wx', mode: 0o600 })
      bytesKept += bytes.length
      if (bytesKept > maxBytes) await sweepOnce()
      return name
    },
    open: async name => home !== undefined && pattern.test(name) ? await ifThere(open(join(await home, name), 'r')) : undefined,
    sweep: sweepOnce,
    async close () {
      await sweeping
      if (directory === undefined && home !== undefined) await rm(await home, { recursive: true, force: true })
    }
  }
}

/** undefined when there is no such file: another process may have removed it a moment ago. */
async function ifThere<T> (work: Promise<T>): Promise<T | undefined> {
  try {
    return await work
  } catch (err) {
    if (err instanceof Error && Reflect.get(err, 'code') === 'ENOENT') return undefined
    throw err
  }
}
