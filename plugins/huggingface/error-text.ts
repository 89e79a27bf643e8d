/**
 * What an error body says went wrong, '' if nothing. The router passes the providers' own shapes on: `error`, `detail` or
 * `message`, each a text, a list, or an object with one of them; in fal's lists `{ loc, msg }`.
 */
export function textOf (value: unknown): string {
  return isRecord(value) ? read(value, 0) : ''
}

function read (value: unknown, depth: number): string {
  if (typeof value === 'string') return value.trim()
  if (Array.isArray(value)) return value.slice(0, 3).map(item => read(item, depth + 1)).filter(text => text !== '').join('; ')
  if (!isRecord(value) || depth > 3) return ''
  if (typeof value.msg === 'string') return `${placeOf(value.loc)}${value.msg}`
  for (const name of ['error', 'detail', 'message', 'title']) {
    const text = read(value[name], depth + 1)
    if (text !== '') return text
  }
  return ''
}

/** `['body', 'image_url']` → `image_url: `. */
function placeOf (loc: unknown): string {
  const names = Array.isArray(loc) ? loc.filter(name => name !== 'body' && (typeof name === 'string' || typeof name === 'number')) : []
  return names.length === 0 ? '' : `${names.join('.')}: `
}

export function isRecord (value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
