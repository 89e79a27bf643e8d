import type { FastifyRequest } from 'fastify'
import type { MediaType } from '../../core/index.ts'

declare module 'fastify' {
  interface FastifyInstance {
    /** For HTTP faces. Absent when the operator leaves the plugin out: then results are in the answers alone. */
    results?: Results
  }
}

export interface Results {
  /**
   * Keeps a result on this machine's disk for a while.
   * @param request the one that is answered: its host stands in the URL where the operator has named none
   * @returns the URL: whoever has it may fetch the result, until it expires
   * @throws what the disk throws: the result is then nowhere but in the caller's hands
   */
  keep (bytes: Uint8Array, mediaType: MediaType, request: Pick<FastifyRequest, 'protocol' | 'host'>): Promise<string>
}
