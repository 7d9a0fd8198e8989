// What the backend is told by its environment; docs/reference/system.md lists the names.
import { allowedHosts } from '@todo/runtime/allowed-hosts';
import { trustedProxies } from '@todo/runtime/client-address';
import { commaList, flag, serviceConfig, wholeNumber } from '@todo/runtime/config';
import { z } from 'zod';
import { DEFAULT_QUOTAS } from './limits/quotas.ts';

const keySource = z.url({
  protocol: /^(https?|file)$/,
  error: 'expected comma-separated http:, https: or file: URLs',
});

/** See docs/reference/system.md, "Configuration". */
export const backendConfig = {
  ...serviceConfig,
  AUTH_ISSUER: z.url({ error: 'expected the URL of the token issuer' }),
  AUTH_AUDIENCE: z.string().default('todo'),
  AUTH_JWKS_URLS: commaList.pipe(z.array(keySource).min(1, 'expected at least one URL')),
  AUDIT_ENABLED: flag.default(true),
  /** Requests a person may send in a minute, to all replicas together; 0: no limit. */
  RATE_LIMIT_PER_MINUTE: wholeNumber.default(6_000),
  /** What one person may keep, see limits/quotas.ts. */
  QUOTA_TASKS: wholeNumber.min(1).default(DEFAULT_QUOTAS.tasks),
  QUOTA_REMINDERS: wholeNumber.min(1).default(DEFAULT_QUOTAS.reminders),
  QUOTA_TEXT_BYTES: wholeNumber.min(1).default(DEFAULT_QUOTAS.textBytes),
  QUOTA_LISTS: wholeNumber.min(1).default(DEFAULT_QUOTAS.lists),
  QUOTA_FILTERS: wholeNumber.min(1).default(DEFAULT_QUOTAS.filters),
  QUOTA_TOKENS: wholeNumber.min(1).default(DEFAULT_QUOTAS.tokens),
  QUOTA_IMPORTS_PER_DAY: wholeNumber.min(1).default(DEFAULT_QUOTAS.imports),
  /** Origins of other web pages that may call with a token; same-origin pages need none. */
  CORS_ORIGINS: commaList.default([]),
  /** Hosts it answers for, besides the issuer's, loopback and its own address. */
  ALLOWED_HOSTS: allowedHosts.default([]),
  /** Proxies before it whose X-Forwarded-For counts: a number, or addresses. */
  TRUSTED_PROXIES: trustedProxies,
  /** OpenAI-compatible base address of the chat's language model; without it the built-in engine answers all. */
  CHAT_MODEL_URL: z
    .url({ protocol: /^https?$/, error: 'expected an address such as https://api.example.com/v1' })
    .optional(),
  CHAT_MODEL: z.string().min(1).default('default'),
  CHAT_API_KEY: z.string().min(1).optional(),
};
