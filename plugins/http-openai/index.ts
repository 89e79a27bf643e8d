import type { IncomingMessage } from 'node:http'
import { Type, type Static } from '@sinclair/typebox'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { createEditRoute } from './edit-route.ts'
import { createErrorAnswers, createErrorHandler } from './errors.ts'
import { checkAliases } from './model-names.ts'
import { getModel, listModels } from './models.ts'
import { answerUnknownRoutes } from './not-found.ts'
import { tagRequest } from './request-id.ts'
import { createFields } from './schema.ts'
import { fieldsOf } from './sent.ts'

export const options = Type.Object({
  modelAliases: Type.Record(Type.String({ minLength: 1 }), Type.String({ minLength: 1 }), {
    default: {}, description: 'Further names for models: `{ "gpt-image-1.5": "wavespeed-qwen/qwen-image-edit-plus" }`, or `"auto"` for the configured order.'
  }),
  keepAliveMs: Type.Integer({
    minimum: 1, default: 15_000, description: 'A stream says so often that it lives, while its edit takes. Environment: HTTP_OPENAI_KEEP_ALIVE_MS.'
  })
}, { additionalProperties: false })

/** Where images stand in a JSON body. */
const imageWays = ['image', 'mask', 'background_image', 'lighting_image'].flatMap(name => [name, `${name}.image_url`])
  .concat('image[].image_url', 'images[].image_url', 'image[]', 'images[]')

/** OpenAI's API for edits of images: their libraries work with this service as with theirs. */
async function httpOpenai (app: FastifyInstance, settings: Static<typeof options>): Promise<void> {
  // Whom an alias names may be loaded after this plugin.
  app.addHook('onReady', async () => checkAliases(settings.modelAliases, app.edits))
  await app.register(async routes => await addRoutes(routes, settings), { prefix: '/v1' })
}

async function addRoutes (app: FastifyInstance, { modelAliases: aliases, keepAliveMs }: Static<typeof options>): Promise<void> {
  const { edits, bodies } = app
  const answerOf = createErrorAnswers(app)
  const handleError = createErrorHandler(answerOf)
  app.addHook('onRequest', async (request, reply) => tagRequest(request, reply))
  app.setErrorHandler((error, request, reply) => {
    // What comes before this plugin, such as the gate against overload, may have refused it.
    tagRequest(request, reply)
    return handleError(error, request, reply)
  })
  answerUnknownRoutes(app)
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('multipart/form-data', async (request: FastifyRequest, payload: IncomingMessage) => fieldsOf(await bodies.form(request, payload)))
  for (const type of ['application/json', /^application\/[^;]+\+json/]) {
    app.addContentTypeParser(type, async (request: FastifyRequest, payload: IncomingMessage) => await bodies.json(request, payload, imageWays))
  }

  app.post('/images/edits', { bodyLimit: edits.bodyBytes }, createEditRoute(app, { keepAliveMs, answerOf, aliases, fields: createFields(edits.operationNames) }))
  const models = { edits, aliases, created: Math.floor(Date.now() / 1000) }
  app.get('/models', async () => listModels(models))
  // An id may have slashes.
  app.get<{ Params: { '*': string } }>('/models/*', async ({ params }) => getModel(params['*'], models))
}

export default fp(httpOpenai, { name: 'http-openai', fastify: '5.x', encapsulate: true, dependencies: ['http-body'] })
