import { createRequire } from 'node:module'
import { getEnvironmentData, setEnvironmentData } from 'node:worker_threads'
import type Sharp from 'sharp'

let loaded: typeof Sharp | undefined

/** What threads that start later on are told. */
const isBlocked = 'retouch: sharp opens no other formats'

/**
 * sharp, set up for strangers' images. Its native library takes a good part of the whole start to load and is not needed
 * to listen: it comes with the first image, or when the service has begun to listen. Whoever starts a thread loads it before: what is
 * set up here is so for the whole process, and decoders that are blocked for a moment fail whoever uses them just then.
 */
export function loadSharp (): typeof Sharp {
  if (loaded !== undefined) return loaded
  const sharp: typeof Sharp = createRequire(import.meta.url)('sharp')
  if (getEnvironmentData(isBlocked) !== true) {
    // Strangers' bytes meet six decoders and no others: sharp alone would also open SVG, PDF and files by their path.
    sharp.block({ operation: ['VipsForeignLoad'] })
    sharp.unblock({
      operation: [
        'VipsForeignLoadPngBuffer', 'VipsForeignLoadJpegBuffer', 'VipsForeignLoadWebpBuffer',
        'VipsForeignLoadHeifBuffer', 'VipsForeignLoadNsgifBuffer', 'VipsForeignLoadTiffBuffer'
      ]
    })
    setEnvironmentData(isBlocked, true)
  }
  // sharp turns it on wherever it is loaded. No image comes twice, and a cache would keep one tenant's pixels in memory.
  sharp.cache(false)
  // One thread a job: several jobs at once keep the cores busy, and memory stays predictable.
  sharp.concurrency(1)
  loaded = sharp
  return sharp
}
