'use strict'

// Loaded before a server that is measured: tells the bench how long its event loop was held up, when it asks.
const { isMainThread } = require('node:worker_threads')

if (isMainThread && process.channel !== undefined) {
  let watch
  process.on('message', question => {
    if (question === 'watch') {
      // Not before: its timer wakes the process a thousand times a second.
      watch = require('./loop-watch.ts').watchLoop()
      process.send(null)
    } else if (question === 'longest') {
      process.send(watch())
    }
  })
  // The bench has ended, however: nothing of it stays.
  process.on('disconnect', () => process.exit())
  process.channel.unref()
}
