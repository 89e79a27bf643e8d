/**
 * @portkey-ai/gateway as it comes, but for one line: its server adds headers to what fetch() answers, and those of undici cannot be
 * changed, so that every POST /v1/images/edits ends with status 500 "immutable" (their issue 1389).
 */
const { fetch } = globalThis
globalThis.fetch = async (...asked) => {
  const { body, status, headers } = await fetch(...asked)
  return new Response(body, { status, headers })
}
process.argv.push('--headless', `--port=${process.env.PORT}`)
// Not by a literal: it need not be installed.
const start = '@portkey-ai/gateway/build/start-server.js'
await import(start)
