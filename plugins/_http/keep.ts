import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { EditedImage } from '../../core/index.ts'

/**
 * The addresses of results that are kept for their caller. undefined where one cannot be kept, which the log says: it is paid for
 * all the same, and belongs into the answer.
 */
export async function keepImages ({ results }: Pick<FastifyInstance, 'results'>, request: FastifyRequest, images: readonly EditedImage[]): Promise<Array<string | undefined>> {
  return await Promise.all(images.map(async ({ bytes, mediaType }) => await results?.keep(bytes, mediaType, request).catch((err: unknown) => {
    request.log.error({ err }, 'a result cannot be kept: it is sent in the answer')
    return undefined
  })))
}
