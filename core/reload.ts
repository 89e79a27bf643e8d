import type { FastifyInstance } from 'fastify'
import { loadConfig, type Config } from './config.ts'

/**
 * Reads the configuration again and takes over its `order`, whole; everything else needs a start. When anything in it is
 * wrong, nothing changes and the log says why.
 */
export function reload ({ reloadOrder, log }: Pick<FastifyInstance, 'reloadOrder' | 'log'>, load: () => Pick<Config, 'order'> = loadConfig): void {
  try {
    const { order } = load()
    reloadOrder(order)
    log.info({ order }, 'order reloaded')
  } catch (err) {
    log.error({ err }, 'order not reloaded: the old one stays')
  }
}
