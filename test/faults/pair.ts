import type { Test } from 'tap'
import { serve, type Service } from './chain.ts'
import { createVendor, type Vendor, type VendorOptions } from './vendor.ts'

export interface PairOptions {
  readonly first?: VendorOptions
  /** Of the first provider's plugin. */
  readonly options?: object
  /** Of the service. */
  readonly settings?: { readonly deadlineMs?: number, readonly [key: string]: unknown }
}

/** Two paint shops and the service before them. */
export async function servePair (t: Test, { first: firstOptions, options = {}, settings = {} }: PairOptions = {}): Promise<Service & { first: Vendor, second: Vendor }> {
  const [first, second] = [await createVendor(t, firstOptions), await createVendor(t)]
  return { first, second, ...await serve(t, { first: { baseUrl: first.url, ...options }, second: { baseUrl: second.url } }, settings) }
}

/** One paint shop, and nobody else. */
export async function serveAlone (t: Test, { first: firstOptions, options = {}, settings = {} }: PairOptions = {}): Promise<Service & { first: Vendor }> {
  const first = await createVendor(t, firstOptions)
  return { first, ...await serve(t, { first: { baseUrl: first.url, ...options } }, settings) }
}
