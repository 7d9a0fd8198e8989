// What every answer of the API tells browsers: it is data, never a page of its own, and nothing is guessed about it.

/** Headers of an answer that is no page; a page has a policy of its own. */
export const SECURITY_HEADERS = {
  'x-content-type-options': 'nosniff',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
} as const;
