import type { FastifyReply } from 'fastify'

/** Nobody waits for the answer any more. */
export class CallerGone extends Error {
  override readonly name = 'CallerGone'

  constructor () {
    super('the caller closed the connection')
  }
}

/** A signal that aborts with a CallerGone when the connection closes before the answer has been sent. */
export function watchCaller ({ raw }: Pick<FastifyReply, 'raw'>): AbortSignal {
  const controller = new AbortController()
  const leave = () => {
    if (!raw.writableFinished) controller.abort(new CallerGone())
  }
  // Not the request's 'close': that one comes as soon as the body has been read.
  if (raw.closed) leave()
  else raw.once('close', leave)
  return controller.signal
}
