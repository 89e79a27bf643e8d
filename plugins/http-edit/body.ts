import type { IncomingMessage } from 'node:http'
import type { TProperties } from '@sinclair/typebox'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { ignoredQuery } from '../_http/ignored-query.ts'
import { readFields } from './fields.ts'
import { issue } from './pydantic.ts'
import { Refusal } from './refusal.ts'

/** Where images stand in a JSON body of this API. */
const images = ['image_base64', 'mask_base64', 'images_base64[]', 'background_image_base64', 'lighting_image_base64']

/** Bodies that are the image itself: all else of the request stands in the query. */
const bareImages = [/^image\/[^;]+/, 'application/octet-stream']

/** Sentences about a query beside a body that has all fields itself. */
export function queryBesideFields (request: Pick<FastifyRequest, 'headers' | 'query'>): string[] {
  const type = String(request.headers['content-type'])
  if (bareImages.some(bare => typeof bare === 'string' ? type.startsWith(bare) : bare.test(type))) return []
  return ignoredQuery(request, 'it is read only beside an image as the body')
}

/**
 * Has the scope take a request in every form in which clients send one: JSON; a form with the same names and files for the
 * images; or the image itself, with all else in the query.
 */
export function acceptBodies (app: FastifyInstance, properties: TProperties): void {
  const { bodies } = app
  app.removeAllContentTypeParsers()
  for (const type of ['application/json', /^application\/[^;]+\+json/]) {
    app.addContentTypeParser(type, async (request: FastifyRequest, payload: IncomingMessage) => {
      try {
        return await bodies.json(request, payload, images)
      } catch (err) {
        throw inPydanticWords(err)
      }
    })
  }
  app.addContentTypeParser('multipart/form-data', async (request: FastifyRequest, payload: IncomingMessage) =>
    readFields((await bodies.form(request, payload)).map(({ name, value }) => [name, value]), properties))
  for (const type of bareImages) {
    app.addContentTypeParser(type, async (request: FastifyRequest, payload: IncomingMessage) => {
      const image = await bodies.file(request, payload)
      const query = Object.entries(request.query as Record<string, string | string[]>) // What Fastify's own parser makes of it.
      return readFields([['image_base64', image], ...query.flatMap(([name, value]) => [value].flat().map(text => [name, text] as const))], properties)
    })
  }
}

function inPydanticWords (err: unknown): unknown {
  if (!(err instanceof Error) || !('code' in err) || err.code !== 'BODY_NO_JSON' || !('position' in err)) return err
  return new Refusal(422, [issue('json_invalid', ['body', Number(err.position)], {}, { error: err.message })])
}
