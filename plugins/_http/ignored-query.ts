import type { FastifyRequest } from 'fastify'

/** Sentences about a query that nobody reads. @param reason why not, for the caller */
export function ignoredQuery ({ query }: Pick<FastifyRequest, 'query'>, reason: string): string[] {
  const names = Object.keys(query as object) // What Fastify's own parser makes of it.
  return names.length === 0 ? [] : [`the query was ignored (${names.join(', ')}): ${reason}`]
}
