import { readdir, readFile, stat, symlink, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { createStore, type StoreOptions } from '../../../plugins/http-results/store.ts'

const bytes = Buffer.from('a picture')

async function build (t: Test, options: Partial<StoreOptions> = {}) {
  const directory = join(t.testdir(), 'results')
  const store = await createStore({ directory, ttlMs: 60_000, maxBytes: 1000, ...options })
  t.after(() => store.close())
  const read = async (name: string) => {
    const file = await store.open(name)
    if (file === undefined) return undefined
    try {
      return await file.readFile()
    } finally {
      await file.close()
    }
  }
  const age = async (name: string, ms: number) => {
    const at = (Date.now() - ms) / 1000
    await utimes(join(directory, name), at, at)
  }
  return { store, directory, read, age }
}

t.test('a result is a file that nobody else may read, under a name that nobody can guess', async t => {
  const { store, directory, read } = await build(t)
  const [one, other] = [await store.keep(bytes, 'png'), await store.keep(bytes, 'png')]
  t.match(one, /^[\w-]{32}\.png$/)
  t.not(one, other)
  t.same(await read(one), bytes)
  t.equal((await stat(join(directory, one))).mode & 0o777, 0o600)
  t.equal((await stat(directory)).mode & 0o777, 0o700)
})

t.test('a name that is not one of ours opens nothing', async t => {
  const { read, directory } = await build(t)
  await writeFile(join(directory, 'notes.txt'), 'mine')
  for (const name of ['notes.txt', '../results/notes.txt', '', `${'a'.repeat(32)}.png`, `${'a'.repeat(32)}.png/..`]) t.equal(await read(name), undefined, name)
  const circle = `${'b'.repeat(32)}.png`
  await symlink(circle, join(directory, circle))
  await t.rejects(read(circle), { code: 'ELOOP' }, 'what the disk says else is said')
})

t.test('what is too old is removed, and what is not ours stays', async t => {
  const { store, directory, read, age } = await build(t)
  const [old, young] = [await store.keep(bytes, 'png'), await store.keep(bytes, 'webp')]
  await writeFile(join(directory, 'notes.txt'), 'mine')
  for (const name of [old, 'notes.txt']) await age(name, 60_001)
  // As good as removed by another process while this one looks.
  await symlink('nowhere', join(directory, `${'c'.repeat(32)}.png`))
  await Promise.all([store.sweep(), store.sweep()])
  t.equal(await read(old), undefined)
  t.same(await read(young), bytes)
  t.equal(await readFile(join(directory, 'notes.txt'), 'utf8'), 'mine')
})

t.test('the oldest make room, but never the newest', async t => {
  const { store, directory, read, age } = await build(t, { maxBytes: 20 })
  const first = await store.keep(bytes, 'png')
  await age(first, 3000)
  const second = await store.keep(bytes, 'png')
  await age(second, 2000)
  const third = await store.keep(bytes, 'png')
  t.equal(await read(first), undefined)
  t.same([await read(second), await read(third)], [bytes, bytes])
  await age(third, 1000)
  const large = await store.keep(Buffer.alloc(30), 'png')
  t.same(await readdir(directory), [large])
})

t.test('results of an earlier process are found', async t => {
  const { store, directory } = await build(t)
  const name = await store.keep(bytes, 'avif')
  const later = await createStore({ directory, ttlMs: 60_000, maxBytes: 1000 })
  const file = await later.open(name)
  t.after(() => file?.close())
  t.same(await file?.readFile(), bytes)
})

t.test('without a directory there is one from the first result on, until the end', async t => {
  const { store, read } = await build(t, { directory: undefined })
  await store.sweep()
  t.equal(await store.open(`${'a'.repeat(32)}.png`), undefined)
  const name = await store.keep(bytes, 'png')
  t.same(await read(name), bytes)
  await store.close()
  t.equal(await store.open(name), undefined)
  const unused = await createStore({ directory: undefined, ttlMs: 1, maxBytes: 1 })
  await t.resolves(unused.close())
})

t.test('a directory that cannot be made is said at once', async t => {
  const file = join(t.testdir({ file: 'x' }), 'file')
  await t.rejects(createStore({ directory: join(file, 'results'), ttlMs: 1, maxBytes: 1 }), { code: 'ENOTDIR' })
})
