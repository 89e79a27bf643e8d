import type { TObject, TSchema } from '@sinclair/typebox'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { watchCaller } from '../_http/caller.ts'
import { acceptBodies, queryBesideFields } from './body.ts'
import { createErrorAnswers, createErrorHandler } from './errors.ts'
import { estimate } from './estimate.ts'
import { health } from './health.ts'
import { listModels } from './models.ts'
import { answerUnknownRoutes } from './not-found.ts'
import { listOperations } from './operations.ts'
import { wirePlan } from './plan.ts'
import { toEditInput, unknownFields } from './process.ts'
import { createProcessRoute } from './process-route.ts'
import { listProviders } from './providers.ts'
import { recommend } from './recommend.ts'
import { Refusal } from './refusal.ts'
import { createSchemas, type EstimateBody, type ModelsQuery, type ProcessBody, type RecommendBody } from './schemas.ts'
import { validate } from './validate.ts'

const prefix = '/api/image-studio'
/** Of requests without images, bytes. */
const smallBody = 64 * 1024

/** The Edit Studio API. All its settings are the kernel's. */
async function httpEdit (app: FastifyInstance): Promise<void> {
  await app.register(routes, { prefix })
}

async function routes (app: FastifyInstance): Promise<void> {
  const { edits } = app
  const schemas = createSchemas(edits.operationNames)
  const errorAnswer = createErrorAnswers(app)
  app.setErrorHandler(createErrorHandler(errorAnswer))
  answerUnknownRoutes(app)
  acceptBodies(app, schemas.process.properties)
  app.setValidatorCompiler<TSchema>(({ schema, httpPart }) => value => {
    const validated = validate(schema, value, httpPart === 'querystring' ? 'query' : 'body')
    return 'issues' in validated ? { error: new Refusal(422, validated.issues) } : validated
  })

  const withImages = { schema: { body: schemas.process }, bodyLimit: edits.bodyBytes }
  const take = (request: FastifyRequest<{ Body: ProcessBody }>) => {
    const input = toEditInput(request.body, edits)
    const warnings = [...unknownFields(request.body, schemas.process.properties), ...queryBesideFields(request)]
    // The images are decoded: their base64 need not wait for the vendor too.
    forgetBody(request)
    return { input, warnings }
  }
  app.post<{ Body: ProcessBody }>('/edit/process', withImages, createProcessRoute(app, { take, errorAnswer }))
  app.post<{ Body: ProcessBody }>('/edit/plan', withImages, async (request, reply) => {
    const { input, warnings } = take(request)
    return wirePlan(await edits.plan(input, { signal: watchCaller(reply), memory: app.bodies.memoryOf(request) }), warnings)
  })
  app.get('/edit/operations', async () => listOperations(edits))
  app.get<{ Querystring: ModelsQuery }>('/edit/models', { schema: { querystring: schemas.models } }, async ({ query }) => listModels(edits.offers(), query))
  app.post<{ Body: RecommendBody }>('/edit/recommend', { schema: { body: schemas.recommend }, bodyLimit: smallBody }, async ({ body }) => ({ ...recommend(app, body), ...warningsOf(body, schemas.recommend) }))
  app.post<{ Body: EstimateBody }>('/estimate-cost', { schema: { body: schemas.estimate }, bodyLimit: smallBody }, async ({ body }) => ({ ...estimate(app, body), ...warningsOf(body, schemas.estimate) }))
  app.get('/providers', async () => listProviders(edits.providers()))
  app.get('/health', async () => health(edits.providers()))
}

/** Of an answer that usually has none. */
function warningsOf (body: object, { properties }: TObject): { readonly warnings?: readonly string[] } {
  const warnings = unknownFields(body, properties)
  return warnings.length === 0 ? {} : { warnings }
}

function forgetBody (request: { body: unknown }): void {
  request.body = undefined
}

export default fp(httpEdit, { name: 'http-edit', fastify: '5.x', encapsulate: true, dependencies: ['http-body'] })
