import { appUrl } from '#config/app'

/**
 * Headers of every answer, also of those that are given before the framework is asked. The policy is that of an answer that shows
 * nothing; pages bring their own, with a nonce.
 */
export const SECURE_HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy':
    "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'strict-origin-when-cross-origin',
  'permissions-policy':
    'camera=(), microphone=(), geolocation=(), payment=(), usb=(), interest-cohort=()',
  'cross-origin-opener-policy': 'same-origin',
  ...(appUrl.startsWith('https:')
    ? { 'strict-transport-security': 'max-age=15552000; includeSubDomains' }
    : {}),
}
