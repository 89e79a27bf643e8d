import { fieldsOf, type Case } from './cases.ts'
import { judge, type Verdict } from './judge.ts'
import type { Service } from './service.ts'

export interface Outcome extends Verdict {
  readonly of: Case
  readonly ms: number
  /** The provider said beforehand that it cannot do this image; only the local one does, free of charge. */
  readonly declined?: string
}

export interface RunOptions {
  readonly background: Buffer
  /** Cases at once. */
  readonly concurrency?: number
  readonly onResult?: (outcome: Outcome, image: Buffer | undefined) => void
}

/** Sends every case to the service and judges what comes back. */
export async function run (service: Service, cases: readonly Case[], { background, concurrency = 3, onResult }: RunOptions): Promise<Outcome[]> {
  const outcomes: Outcome[] = []
  const queue = [...cases]
  const work = async () => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      const { outcome, image } = await runOne(service, next, background)
      outcomes.push(outcome)
      onResult?.(outcome, image)
    }
  }
  await Promise.all(Array.from({ length: concurrency }, work))
  return outcomes
}

async function runOne (service: Service, of: Case, background: Buffer): Promise<{ readonly outcome: Outcome, readonly image?: Buffer }> {
  const { provider, format, quality, emulated } = of
  const startedAt = performance.now()
  const answer = await service.edit({ ...fieldsOf(of, background), provider, fallback: 'none', output_format: format, ...emulated && { unsupported: 'emulate' }, ...quality !== undefined && { output_quality: quality } })
  const ms = performance.now() - startedAt
  const { status, body } = answer
  if (status === 200) {
    const image = Buffer.from(body.image_base64.slice(body.image_base64.indexOf(',') + 1), 'base64')
    return { outcome: { of, ms, ...await judge(of, answer) }, image }
  }
  const attempt = body.detail?.attempts?.[0]
  const said = `${status} ${body.detail?.code} ${attempt?.code ?? ''} ${attempt?.message ?? body.detail?.message ?? JSON.stringify(body.detail)}`
  const isDeclined = provider === 'local' && attempt?.code === 'EDIT_ERR_PROVIDER_UNSUPPORTED'
  return { outcome: { of, ms, failures: isDeclined ? [] : [{ aspect: 'answer', detail: said }], ...isDeclined && { declined: said } } }
}
