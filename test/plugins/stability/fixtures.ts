import type { Test } from 'tap'
import { buildApp, configFrom, type EditInput, type EncodedImage, type Operation, type ProviderEdit } from '../../../core/index.ts'
import { cards } from '../../../plugins/stability/cards.ts'
import { ballMask, ballPicture, flatPicture } from '../../vendors/stability/pictures.ts'
import { createStabilityEmulator, type StabilityEmulatorOptions } from '../../vendors/stability/index.ts'
import { oneCallEach } from '../../fixtures/one-call-each.ts'

export const size = { width: 96, height: 80 }
export const image = await ballPicture(size)
export const mask = await ballMask(size)
export const scene = await flatPicture(size, [10, 200, 30])

const fields = {
  image: 'image', mask: 'mask', background: 'background', lighting: 'lighting', prompt: 'prompt', searchPrompt: 'search', selectPrompt: 'select', expansion: 'expansion'
}

/** What each operation of Stability needs. */
export const inputs = {
  inpaint: { mask, prompt: 'a green apple' },
  erase: { mask },
  outpaint: { expansion: { left: 16, right: 0, up: 24, down: 8 } },
  search_replace: { prompt: 'a green apple', searchPrompt: 'ball' },
  search_recolor: { prompt: 'green', selectPrompt: 'ball' },
  remove_background: {},
  relight: { background: scene }
} satisfies Partial<Record<Operation, Partial<EditInput>>>

export type StabilityOperation = keyof typeof inputs

/** The service with Stability as its only choice, before the emulator. */
export async function startService (t: Test, emulatorOptions: StabilityEmulatorOptions = {}, options: Record<string, unknown> = {}) {
  const emulator = await createStabilityEmulator({ pollIntervalMs: 0, ...emulatorOptions })
  t.after(() => emulator.close())
  const app = await buildApp(configFrom({
    ...oneCallEach,
    logLevel: 'silent',
    order: { '*': ['stability'] },
    plugins: { stability: { apiKey: emulator.key, baseUrl: emulator.url, pollMs: 50, ...options } }
  }))
  t.after(() => app.close())
  const run = async (operation: StabilityOperation, changes: Partial<EditInput> = {}, signal = new AbortController().signal) => await app.edits.run({
    operation, fields, images: [image], parameters: {}, output: { format: 'image/png' }, route: {}, ...inputs[operation], ...changes
  }, { signal, log: app.log })
  return { app, emulator, run }
}

/** An edit as the kernel hands it to the provider. */
export function providerEdit (operation: StabilityOperation, changes: Partial<ProviderEdit> = {}): ProviderEdit {
  const card = cards.find(({ operations }) => operations.includes(operation))
  if (card === undefined) throw new TypeError(`no card does ${operation}`)
  return { operation, model: card.id, card, images: [encoded(image)], parameters: {}, output: { format: 'image/png' }, ...changes }
}

export function encoded (bytes: Buffer): EncodedImage {
  return { bytes, mediaType: 'image/png', ...size }
}
