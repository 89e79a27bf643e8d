import t from 'tap'
import type { ProviderEdit } from '../../../core/index.ts'
import { writeForm } from '../../../plugins/stability/form.ts'
import { encoded, image, mask, providerEdit, scene, type StabilityOperation } from './fixtures.ts'

/** Parts by name; of files their bytes. */
function fieldsOf (operation: StabilityOperation, changes: Partial<ProviderEdit> = {}) {
  const { path, parts, warnings } = writeForm(providerEdit(operation, changes))
  return { path: path.replace('/v2beta/stable-image/edit/', ''), fields: Object.fromEntries(parts.map(({ name, value }) => [name, value])), warnings }
}

t.test('every operation goes to its endpoint with its fields', async t => {
  const common = { image, output_format: 'png' }
  t.same(fieldsOf('inpaint', { mask: encoded(mask), prompt: 'p' }), { path: 'inpaint', fields: { ...common, mask, prompt: 'p' }, warnings: [] })
  t.same(fieldsOf('erase', { mask: encoded(mask) }), { path: 'erase', fields: { ...common, mask }, warnings: [] })
  t.same(fieldsOf('outpaint', { expansion: { left: 1, right: 0, up: 2, down: 3 }, prompt: 'p' }),
    { path: 'outpaint', fields: { ...common, left: '1', right: '0', up: '2', down: '3', prompt: 'p' }, warnings: [] })
  t.same(fieldsOf('search_replace', { prompt: 'p', searchPrompt: 's' }),
    { path: 'search-and-replace', fields: { ...common, prompt: 'p', search_prompt: 's' }, warnings: [] })
  t.same(fieldsOf('search_recolor', { prompt: 'p', selectPrompt: 's' }),
    { path: 'search-and-recolor', fields: { ...common, prompt: 'p', select_prompt: 's' }, warnings: [] })
  t.same(fieldsOf('remove_background', { output: { format: 'image/webp' } }), { path: 'remove-background', fields: { image, output_format: 'webp' }, warnings: [] })
  t.throws(() => writeForm({ ...providerEdit('erase'), operation: 'general_edit' }), TypeError)
})

t.test('parameters go along by their own names, as texts', async t => {
  t.match(fieldsOf('inpaint', { prompt: 'p', parameters: { seed: 7, grow_mask: 0, style_preset: 'anime', negative_prompt: '' } }).fields,
    { seed: '7', grow_mask: '0', style_preset: 'anime', negative_prompt: '' })
  t.match(fieldsOf('outpaint', { parameters: { creativity: 0.25 } }).fields, { creativity: '0.25' })
})

t.test('files have a name and their type', async t => {
  const { parts } = writeForm(providerEdit('remove_background', { images: [{ ...encoded(image), mediaType: 'image/jpeg' }] }))
  t.match(parts[0], { name: 'image', filename: 'image.jpeg', contentType: 'image/jpeg' })
  t.same(parts[1], { name: 'output_format', value: 'png' })
})

t.test('the prompt of a relight describes the background, with a reference and without', async t => {
  const common = { subject_image: image, output_format: 'png' }
  t.same(fieldsOf('relight', { background: encoded(scene), prompt: 'evening' }), {
    path: 'replace-background-and-relight',
    fields: { ...common, background_reference: scene, background_prompt: 'evening' },
    warnings: []
  })
  t.same(fieldsOf('relight', { lighting: encoded(mask), prompt: 'evening' }).fields, { ...common, light_reference: mask, background_prompt: 'evening' })
  t.same(fieldsOf('relight', { background: encoded(scene) }).fields, { ...common, background_reference: scene })
})

t.test('a light alone keeps the original background, and says so', async t => {
  const { fields, warnings } = fieldsOf('relight', { lighting: encoded(mask) })
  t.match(fields, { background_prompt: /light of the reference/, keep_original_background: 'true', light_reference: mask })
  t.same(warnings, ['the original background is kept: neither another one nor a prompt was sent'])
  const own = fieldsOf('relight', { lighting: encoded(mask), parameters: { keep_original_background: false } })
  t.match(own, { fields: { keep_original_background: 'false' }, warnings: [] })
})

t.test('the strength of a light goes along with the light, or is dropped with a warning', async t => {
  const parameters = { light_source_strength: 0.5, seed: 3 }
  t.match(fieldsOf('relight', { lighting: encoded(mask), prompt: 'p', parameters }), { fields: { light_source_strength: '0.5', seed: '3' }, warnings: [] })
  t.match(fieldsOf('relight', { background: encoded(scene), parameters: { ...parameters, light_source_direction: 'left' } }).fields,
    { light_source_strength: '0.5', light_source_direction: 'left' })
  const dropped = fieldsOf('relight', { background: encoded(scene), parameters })
  t.notOk('light_source_strength' in dropped.fields)
  t.same(dropped.warnings, ['light_source_strength was not sent: it needs a lighting image or light_source_direction'])
})
