import { jsonAnswer, type Answer } from '../answer.ts'
import type { FaultTable } from '../faults.ts'

const monthly = 'You have exceeded your monthly included credits for Inference Providers. Subscribe to PRO to get 20x more monthly included credits.'

export const unknownToken = jsonAnswer(401, { error: 'Invalid username or password.' })
export const noPermission = jsonAnswer(403, {
  error: 'This authentication method does not have sufficient permissions to call Inference Providers on behalf of user emulator'
})
export const noCredits = jsonAnswer(402, { error: monthly })

export function notSupported (provider: string): Answer {
  return jsonAnswer(400, { error: `Model not supported by provider ${provider}` })
}

const instead = (answer: Answer) => () => ({ instead: answer })
const coldStart = (status: number) => (seconds = 20) => ({
  instead: jsonAnswer(status, { error: 'Model timbrooks/instruct-pix2pix is currently loading', estimated_time: seconds })
})

/** What Hugging Face and the providers behind it answer when something is wrong, and marks that the providers' routes understand. */
export const huggingFaceFaults: FaultTable = {
  not_supported: instead(notSupported('fal-ai')),
  unknown_token: instead(unknownToken),
  monthly_credits: instead(noCredits),
  pay_as_you_go: instead(jsonAnswer(402, { error: 'Pay-as-you go is not enabled for provider fal-ai yet.' })),
  prepaid_credits: instead(jsonAnswer(402, { error: 'Pre-paid credits are required to use this provider.' })),
  no_permission: instead(noPermission),
  gated: instead(jsonAnswer(403, { error: 'Access to model is restricted and you are not in the authorized list.' }, { 'x-error-code': 'GatedRepo' })),
  not_found: instead(jsonAnswer(404, { error: 'Not Found' })),
  gone: instead(jsonAnswer(410, { error: 'The requested model is deprecated and no longer supported by provider hf-inference.' })),
  // Hub limits: the time until the window ends stands in a structured header.
  rate_limited: (seconds = 123) => ({
    instead: jsonAnswer(429, { error: 'We had to rate limit you. To continue using our service, create a HF account or login.' }, {
      ratelimit: `"api";r=0;t=${seconds}`, 'ratelimit-policy': '"fixed window";"api";q=1000;w=300'
    })
  }),
  rate_limited_retry_after: (seconds = 7) => ({ instead: jsonAnswer(429, { error: 'Too many requests' }, { 'retry-after': String(seconds) }) }),
  rate_limited_bare: instead(jsonAnswer(429, { error: 'Too many requests' })),
  replicate_throttled: instead(jsonAnswer(429, { detail: 'Request was throttled. Your rate limit resets in ~30s.' })),
  cold_start: coldStart(503),
  // The API before the router could say it with 200.
  cold_start_200: coldStart(200),
  overloaded: instead(jsonAnswer(503, { error: 'Service Unavailable' })),
  timeout_524: () => ({ change: () => jsonAnswer(524, { error: 'a timeout occurred' }) }),
  internal: instead(jsonAnswer(500, { error: 'Internal Server Error' })),

  // The shapes in which the providers' own errors come through.
  fal_validation: instead(jsonAnswer(422, { detail: [{ loc: ['body', 'image_url'], msg: 'Failed to load the image', type: 'image_load_error' }] })),
  fal_policy: instead(jsonAnswer(422, {
    detail: [{ loc: ['body', 'prompt'], msg: 'The content could not be processed because it contained material flagged by a content checker.', type: 'content_policy_violation' }]
  })),
  fal_text: instead(jsonAnswer(422, { detail: 'Unprocessable image' })),
  replicate_problem: instead({
    ...jsonAnswer(422, { title: 'Input validation failed', detail: '- input.prompt: is wrong\n', status: 422, invalid_fields: [] }),
    headers: { 'content-type': 'application/problem+json' }
  }),
  together_nested: instead(jsonAnswer(400, { id: 'o1', error: { message: 'height must be a multiple of 16', type: 'invalid_request_error', param: 'height', code: null } })),
  together_nsfw: instead(jsonAnswer(422, { id: 'o1', error: { message: 'NSFW content detected in the prompt', type: 'invalid_request_error', param: null, code: 'nsfw_content' } })),
  wavespeed_message: instead(jsonAnswer(400, { code: 400, message: 'prompt is too long', data: null })),
  wavespeed_envelope_200: instead(jsonAnswer(200, { code: 400, message: 'prompt is too long', data: null })),
  error_list: instead(jsonAnswer(400, { error: ['Error in `parameters.guidance_scale`: too large'] })),

  // Marks.
  nsfw: () => ({}),
  job_fails: () => ({}),
  hidden_validation: () => ({}),
  hidden_policy: () => ({}),
  unknown_status: () => ({}),
  processing: () => ({}),
  no_output: () => ({})
}
