import { readFileSync } from 'node:fs'
import t from 'tap'
import { operationNames } from '../../../core/operations.ts'
import { createSchemas } from '../../../plugins/http-edit/schemas.ts'

const { process } = createSchemas(operationNames)

t.test('an edit takes the fields that deployed clients send, one of them always required, and then our own', async t => {
  t.same(Object.keys(process.properties), [
    'image_base64', 'operation', 'prompt', 'negative_prompt', 'mask_base64', 'mask_grow', 'mask_feather', 'search_prompt', 'select_prompt',
    'background_image_base64', 'lighting_image_base64', 'expand_left', 'expand_right', 'expand_up', 'expand_down', 'provider',
    'model', 'style_preset', 'guidance_scale', 'steps', 'seed', 'output_format', 'options',
    'images_base64', 'image_url', 'mask_url', 'background_image_url', 'lighting_image_url', 'image_urls', 'n', 'output_quality', 'response_format', 'output_size', 'background', 'preserve_unmasked', 'keep_metadata', 'fallback', 'unsupported', 'max_cost_usd', 'prefer', 'after_maybe_billed', 'coalesce'
  ])
  t.same(process.required, ['operation'])
  t.same(process.properties.image_base64.requiredUnless, ['image_url', 'images_base64', 'image_urls'])
})

t.test('the README names every field', async t => {
  const readme = readFileSync(new URL('../../../README.md', import.meta.url), 'utf8')
  for (const name of Object.keys(process.properties)) t.ok(readme.includes(`\`${name}\``), name)
})

t.test('every field is described, and the schema is plain JSON', async t => {
  const { properties } = JSON.parse(JSON.stringify(process))
  for (const [name, { description }] of Object.entries<{ description: string }>(properties)) t.match(description, /\.$/, name)
  t.same(properties.operation.enum, operationNames)
})
