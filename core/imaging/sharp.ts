import { createRequire } from 'node:module'
import { getEnvironmentData, setEnvironmentData } from 'node:worker_threads'
import type Sharp from 'sharp'

const require = createRequire(import.meta.url)

let loaded: typeof Sharp | undefined

/**
 * sharp, set up for strangers' images. Its native library takes a good part of the whole start to load and is not needed
 * to listen: it comes with the first image, or when the service has begun to listen. Whoever starts a thread loads it before: what is
 * set up here is so for the whole process, and decoders that are blocked for a moment fail whoever uses them just then.
 */
export function loadSharp (): typeof Sharp {
  if (loaded !== undefined) return loaded
  const sharp: typeof Sharp = require('sharp')
  // Threads that start later on find it, as long as it is the same sharp that they load.
  const mark = `retouch: formats of ${require.resolve('sharp')}`
  if (getEnvironmentData(mark) !== 'limited') {
    // Strangers' bytes meet six decoders and no others: sharp alone would also open SVG, PDF and files by their path.
    sharp.block({ operation: ['VipsForeignLoad'] })
    sharp.unblock({
      operation: [
        'VipsForeignLoadPngBuffer', 'VipsForeignLoadJpegBuffer', 'VipsForeignLoadWebpBuffer',
        'VipsForeignLoadHeifBuffer', 'VipsForeignLoadNsgifBuffer', 'VipsForeignLoadTiffBuffer'
      ]
    })
    setEnvironmentData(mark, 'limited')
  }
  // sharp turns it on wherever it is loaded. No image comes twice, and a cache would keep one tenant's pixels in memory.
  sharp.cache(false)
  // One thread a job: several jobs at once keep the cores busy, and memory stays predictable.
  sharp.concurrency(1)
  loaded = sharp
  return sharp
}
