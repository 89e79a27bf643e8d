import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Test } from 'tap'
import { buildApp, configFrom } from '../../../core/index.ts'
import { ballMask, ballPicture } from '../../vendors/stability/pictures.ts'
import { createWavespeedEmulator, type WavespeedEmulatorOptions } from '../../vendors/wavespeed/index.ts'
import { poster } from './studio.ts'

const plugins = join(import.meta.dirname, '../../../plugins')
const size = { width: 320, height: 256 }

/** An edit that WaveSpeed's models take, and a mask that they do not. */
export const edit = { image_base64: (await ballPicture(size)).toString('base64'), operation: 'general_edit', prompt: 'a green ball' }
export const mask = (await ballMask(size)).toString('base64')

/** The Edit Studio API before WaveSpeed's emulator, with no other provider. */
export async function buildWavespeedStudio (t: Test, settings: object = {}, options: WavespeedEmulatorOptions = {}) {
  const emulator = await createWavespeedEmulator({ polls: 0, pixelScale: 1 / 16, ...options })
  t.after(() => emulator.close())
  const names = (await readdir(plugins, { withFileTypes: true })).filter(entry => entry.isDirectory()).map(({ name }) => name)
  const others = names.filter(name => !/^(http-edit|http-body|wavespeed.*|_.*)$/.test(name))
  const app = await buildApp(configFrom({
    logLevel: 'silent',
    downloads: { allowHosts: [new URL(emulator.storage.url).host] },
    plugins: { ...Object.fromEntries(others.map(name => [name, false])), wavespeed: { apiKey: emulator.key, baseUrl: emulator.url, pollMs: 10 } },
    ...settings
  }))
  t.after(() => app.close())
  return { app, emulator, post: poster(app) }
}
