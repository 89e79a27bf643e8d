import { readdir } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import type { FastifyInstance } from 'fastify'
import { pino } from 'pino'
import sharp from 'sharp'
import type { Test } from 'tap'
import { buildApp, configFrom } from '../../../core/index.ts'
import { oneCallEach } from '../../fixtures/one-call-each.ts'

const root = resolve(import.meta.dirname, '../../..')
export const prefix = '/api/image-studio'

/** A picture as data URL. */
export async function picture (width = 8, height = 6, background = '#369'): Promise<string> {
  const bytes = await sharp({ create: { width, height, channels: 3, background } }).png().toBuffer()
  return `data:image/png;base64,${bytes.toString('base64')}`
}

/**
 * The whole service with the providers of test/fixtures/studio-providers, and with those of its own plugins that are `kept`: their
 * names, with their options. `logs` are its log's lines.
 */
export async function buildStudio (t: Test, settings: object = {}, kept: Readonly<Record<string, object>> = {}): Promise<{ app: FastifyInstance, logs: Array<Record<string, unknown>> }> {
  const logs: Array<Record<string, unknown>> = []
  const own = (await readdir(join(root, 'plugins'), { withFileTypes: true }))
    .filter(entry => entry.isDirectory() && !entry.name.startsWith('_') && !entry.name.startsWith('http-') && !(entry.name in kept))
  const config = configFrom({
    ...oneCallEach,
    plugins: {
      directories: [join(root, 'test/fixtures/studio-providers')],
      ...Object.fromEntries(own.map(({ name }) => [name, false])),
      ...kept
    },
    ...settings
  })
  const app = await buildApp(config, { logger: pino({ level: 'info' }, { write: line => logs.push(JSON.parse(line)) }) })
  t.after(() => app.close())
  return { app, logs }
}

/** Posts JSON to the Edit Studio API. */
export function poster (app: FastifyInstance) {
  return async (path: string, payload: object | string | Buffer, headers: Record<string, string> = {}) => {
    const body = Buffer.isBuffer(payload) || typeof payload === 'string' ? payload : JSON.stringify(payload)
    const response = await app.inject({ method: 'POST', url: prefix + path, payload: body, headers: { 'content-type': 'application/json', ...headers } })
    return { status: response.statusCode, headers: response.headers, body: response.json() }
  }
}
