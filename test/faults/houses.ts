import type { Test } from 'tap'
import type { EmulatorCall } from '../vendors/emulator.ts'
import type { FaultScript } from '../vendors/faults.ts'
import { createStabilityEmulator } from '../vendors/stability/index.ts'
import { createWavespeedEmulator, type WavespeedEmulatorOptions } from '../vendors/wavespeed/index.ts'
import type { Ledger } from './money.ts'
import { createVendor, type VendorOptions } from './vendor.ts'

/** A vendor to begin a chain with, and the provider that asks it. */
export interface House {
  readonly provider: string
  /** Of one picture. */
  readonly usd: number
  /** What its edits ask for, beside the picture and the prompt. */
  readonly fields: object
  readonly url: string
  readonly ledger: Ledger
  readonly calls: readonly EmulatorCall[]
  readonly script: FaultScript
  /** The provider's plugins with their options. */
  plugins (baseUrl: string): Readonly<Record<string, object>>
}

export type OpenHouse = (t: Test, lineUrl: () => string) => Promise<House>

export interface ShopWishes extends VendorOptions {
  readonly jobs?: boolean
  /** Pictures come over the same line as everything else. */
  readonly filesOnLine?: boolean
  /** How patient its client is, milliseconds. */
  readonly timeoutMs?: number
}

/** The paint shop: every answer by the kernel's own table of statuses. */
export const shop = ({ jobs = false, filesOnLine = false, timeoutMs, ...options }: ShopWishes = {}): OpenHouse => async (t, lineUrl) => {
  const vendor = await createVendor(t, { ...filesOnLine && { resultUrl: id => `${lineUrl()}/v1/files/${id}.png` }, ...options })
  const { url, calls, script } = vendor
  return { provider: 'first', usd: 0.05, fields: {}, url, calls, script, ledger: vendor, plugins: baseUrl => ({ first: { baseUrl, jobs, ...timeoutMs !== undefined && { timeoutMs } } }) }
}

export const stability: OpenHouse = async t => {
  const emulator = await createStabilityEmulator({ pollIntervalMs: 0 })
  t.after(() => emulator.close())
  const { url, calls, script, key } = emulator
  return {
    provider: 'stability',
    usd: 0.05,
    fields: {},
    url,
    calls,
    script,
    ledger: { calls, spent: () => emulator.spent() / 100, orders: () => calls.filter(({ method }) => method === 'POST') },
    plugins: baseUrl => ({ stability: { apiKey: key, baseUrl, pollMs: 50 } })
  }
}

/** With its upload, whose address makes a task recognisable, or with the picture in the order. */
export const wavespeed = ({ inlineBytes = 4_000_000, ...options }: WavespeedEmulatorOptions & { inlineBytes?: number } = {}): OpenHouse => async t => {
  const emulator = await createWavespeedEmulator({ pixelScale: 1 / 16, ...options })
  t.after(() => emulator.close())
  const { url, calls, script, key } = emulator
  return {
    provider: 'wavespeed-qwen',
    usd: 0.02,
    fields: { operation: 'general_edit', mask_base64: undefined },
    url,
    calls,
    script,
    ledger: { calls, spent: emulator.spent, orders: () => calls.filter(({ method, path }) => method === 'POST' && path.endsWith('/edit-plus')) },
    plugins: baseUrl => ({ 'wavespeed-qwen': {}, wavespeed: { apiKey: key, baseUrl, pollMs: 50, inlineBytes } })
  }
}
