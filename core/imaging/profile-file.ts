import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { EditImage } from '../request.ts'
import { readMetadata } from './codec.ts'

/** A colour profile for three channels. */
export interface Profile {
  readonly name: string
  readonly icc: Buffer
}

/** The profile that an image is in; undefined for sRGB, and for one of another number of channels than a result has. */
export async function profileOf ({ bytes, profile: name }: EditImage): Promise<Profile | undefined> {
  if (name === null) return undefined
  const { icc } = await readMetadata(bytes)
  // Bytes 16–19 name the colour space of a profile's device side (ICC.1, section 7.2).
  return icc === undefined || icc.toString('latin1', 16, 20) !== 'RGB ' ? undefined : { name, icc }
}

/** libvips takes a profile to convert to from a file alone: it exists while the work goes on. */
export async function withProfile<T> ({ name, icc }: Profile, work: (file: { path: string, name: string }) => Promise<T>): Promise<T> {
  const directory = await mkdtemp(join(tmpdir(), 'retouch-'))
  try {
    const path = join(directory, 'profile.icc')
    await writeFile(path, icc)
    return await work({ path, name })
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
}
