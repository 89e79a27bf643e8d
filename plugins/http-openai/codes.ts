import type { ErrorCode } from '../../core/index.ts'

/** How an error of the kernel is told in this API: OpenAI's statuses, types and codes, which its libraries know. */
export interface WireCode {
  readonly status: number
  readonly type: 'invalid_request_error' | 'image_generation_user_error' | 'requests' | 'server_error'
  readonly code: string
  /** To send it again as it is helps nobody: the trouble is the operator's, and lasts. */
  readonly isLasting?: boolean
}

const user = { status: 400, type: 'image_generation_user_error' } as const
const vendor = { status: 502, type: 'server_error' } as const

export const wireCodes: Readonly<Record<ErrorCode, WireCode>> = {
  EDIT_ERR_INVALID_REQUEST: { status: 400, type: 'invalid_request_error', code: 'invalid_value' },
  EDIT_ERR_IMAGE_INVALID: { ...user, code: 'invalid_image_file' },
  EDIT_ERR_IMAGE_TOO_LARGE: { ...user, code: 'image_too_large' },
  EDIT_ERR_IMAGE_UNSUPPORTED: { ...user, code: 'invalid_image_format' },
  EDIT_ERR_NO_CAPABLE_PROVIDER: { status: 400, type: 'invalid_request_error', code: 'unsupported_value' },
  EDIT_ERR_PROVIDER_UNSUPPORTED: { status: 400, type: 'invalid_request_error', code: 'unsupported_value' },
  EDIT_ERR_CONTENT_REJECTED: { ...user, code: 'moderation_blocked' },
  EDIT_ERR_PROVIDER_RATE_LIMITED: { status: 429, type: 'requests', code: 'rate_limit_exceeded' },
  EDIT_ERR_OVERLOADED: { status: 503, type: 'server_error', code: 'overloaded' },
  EDIT_ERR_NO_PROVIDER_AVAILABLE: { status: 503, type: 'server_error', code: 'service_unavailable' },
  EDIT_ERR_PROVIDER_AUTH: { ...vendor, code: 'vendor_refused_key', isLasting: true },
  EDIT_ERR_PROVIDER_QUOTA: { ...vendor, code: 'vendor_quota_exceeded', isLasting: true },
  EDIT_ERR_PROVIDER_UNAVAILABLE: { ...vendor, code: 'vendor_unavailable' },
  EDIT_ERR_PROVIDER_RESPONSE: { ...vendor, code: 'vendor_error' },
  EDIT_ERR_OUTPUT_REJECTED: { ...vendor, code: 'vendor_error' },
  EDIT_ERR_ALL_PROVIDERS_FAILED: { ...vendor, code: 'all_vendors_failed' },
  EDIT_ERR_PROVIDER_TIMEOUT: { status: 504, type: 'server_error', code: 'timeout' },
  EDIT_ERR_DEADLINE: { status: 504, type: 'server_error', code: 'timeout' }
}
