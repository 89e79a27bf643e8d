import assert from 'node:assert/strict'
import { inspect } from 'node:util'
import { createRedact } from '../../core/upstream/redact.ts'

const shortest = 8

/**
 * Asserts that no secret can be seen in a value: not in any text in it, nor in an error's stack, properties and causes; plain,
 * URL-encoded or in base64. The message never shows what it found.
 */
export function assertHidden (secrets: readonly string[], value: unknown, what: string): void {
  for (const secret of secrets) {
    assert.ok(secret.length >= shortest, `a secret of the test has ${secret.length} characters: give it ${shortest}, so that it cannot occur by chance`)
  }
  const text = typeof value === 'string' ? value : inspect(value, { depth: 20, maxArrayLength: 1000, maxStringLength: 1_000_000 })
  assert.ok(createRedact(secrets)(text) === text, `a secret can be read in ${what}`)
}
