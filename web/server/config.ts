// What the web app is told from outside: read once when the server starts, checked whole.
import { allowedHosts } from '@todo/runtime/allowed-hosts';
import { trustedProxies } from '@todo/runtime/client-address';
import {
  commaList,
  flag,
  mailUrl,
  postgresUrl,
  readConfig,
  readConfigOrExit,
  serviceConfig,
  wholeNumber,
} from '@todo/runtime/config';
import { telemetryConfig } from '@todo/runtime/telemetry-config';
import { z } from 'zod';
import { REQUIRED_OF } from '@/lib/required-of';
import { oidcProviders } from './oidc-config';

const httpUrl = z.url({ protocol: /^https?$/, error: 'expected an http(s) URL' });

const shape = {
  ...telemetryConfig,
  HOST: serviceConfig.HOST,
  METRICS_PORT: serviceConfig.METRICS_PORT,
  LOG_LEVEL: serviceConfig.LOG_LEVEL,
  SHUTDOWN_DELAY_MS: serviceConfig.SHUTDOWN_DELAY_MS,
  DATABASE_URL: postgresUrl,
  DATABASE_DIRECT_URL: postgresUrl.optional(),
  /** The address people type; only its origin is kept. */
  PUBLIC_URL: httpUrl.transform((url) => new URL(url).origin),
  /** The backend as this server reaches it, without a slash at its end. */
  BACKEND_URL: httpUrl.transform((url) => url.replace(/\/+$/, '')),
  /** Hosts it answers for, besides PUBLIC_URL's, loopback and its own address. */
  ALLOWED_HOSTS: allowedHosts.default([]),
  /** Proxies before it whose X-Forwarded-For counts: a number, or addresses. */
  TRUSTED_PROXIES: trustedProxies,
  /** Whether browsers are to use https for all hosts below PUBLIC_URL's too. */
  HSTS_SUBDOMAINS: flag.default(false),
  BETTER_AUTH_SECRET: z.string().min(32, 'expected a random secret of at least 32 characters'),
  OPERATOR_EMAILS: commaList
    .transform((emails) => emails.map((email) => email.toLowerCase()))
    .default([]),
  /** Whether an address of OPERATOR_EMAILS must be confirmed; without it, whoever signs up with it first is the operator. */
  OPERATOR_EMAILS_NEED_CONFIRMATION: flag.default(true),
  /** Who may create an account; an invitation works with all but `closed`. */
  SIGN_UP: z.enum(['open', 'invitation', 'domain', 'closed']).default('open'),
  /** Domains of the addresses that may, with `domain`. */
  SIGN_UP_DOMAINS: commaList
    .transform((domains) => domains.map((domain) => domain.toLowerCase()))
    .default([]),
  /** The mail server for links about accounts; without it, an operator makes them. */
  SMTP_URL: mailUrl.optional(),
  SMTP_FROM: z.string().default('Todo <todo@localhost>'),
  /** Whether an account can be used only once its address is confirmed. Needs SMTP_URL. */
  EMAIL_VERIFICATION_REQUIRED: flag.default(false),
  /** Of whom a second factor is required in any case; operators may ask more people for it on the admin page. */
  SECOND_FACTOR_REQUIRED_OF: z.enum(REQUIRED_OF).default('nobody'),
  /** Providers to sign in with; oidc-config.ts says what an entry is. */
  OIDC_PROVIDERS: oidcProviders.default([]),
  /** Where the trace store shows a trace, with `{traceId}`: the status page links to it. */
  TRACE_URL: z
    .string()
    .regex(/^https?:\/\/\S*\{traceId\}/, 'expected an http(s) URL with {traceId} in it')
    .optional(),
  /** Where faults can be put into this system, see e2e/chaos/panel; without it nobody can. On this machine: its token goes there unencrypted. */
  BREAK_URL: z
    .string()
    .regex(
      /^http:\/\/(127\.0\.0\.1|localhost|\[::1\]):\d+$/,
      'expected an http URL of this machine',
    )
    .optional(),
  BREAK_TOKEN: z.string().min(16, 'expected a random token of at least 16 characters').optional(),
  AUDIT_ENABLED: flag.default(true),
  /** Sign-ins that one client address may try in a minute, on all replicas together. */
  SIGN_INS_PER_MINUTE: wholeNumber.min(1).default(20),
  /** Wrong passwords that one account takes in a quarter of an hour, from whatever addresses. */
  SIGN_INS_PER_ACCOUNT: wholeNumber.min(1).default(10),
  /** The same for sign-ups. */
  SIGN_UPS_PER_MINUTE: wholeNumber.min(1).default(20),
  /** Days in which a person who had their account deleted may change their mind; 0: it goes at once. */
  ACCOUNT_DELETION_GRACE_DAYS: wholeNumber.default(14),
};

/** What is wrong with settings that are right one by one. */
function together(config: Config): string[] {
  const { BREAK_URL, BREAK_TOKEN } = config;
  const { SMTP_URL, EMAIL_VERIFICATION_REQUIRED, SIGN_UP, SIGN_UP_DOMAINS } = config;
  const problems: string[] = [];
  if (EMAIL_VERIFICATION_REQUIRED && SMTP_URL === undefined)
    problems.push('EMAIL_VERIFICATION_REQUIRED: needs a mail server (SMTP_URL)');
  if (SIGN_UP === 'domain' && SIGN_UP_DOMAINS.length === 0)
    problems.push('SIGN_UP_DOMAINS: expected at least one domain, since SIGN_UP is domain');
  // anybody can type an address of a domain
  if (SIGN_UP === 'domain' && !EMAIL_VERIFICATION_REQUIRED)
    problems.push('SIGN_UP: domain needs EMAIL_VERIFICATION_REQUIRED');
  if ((BREAK_URL === undefined) !== (BREAK_TOKEN === undefined))
    problems.push('BREAK_URL, BREAK_TOKEN: expected both, or neither');
  return problems;
}

/** The checked configuration. */
export type Config = z.output<z.ZodObject<typeof shape>>;

/**
 * Reads and checks the configuration of an environment.
 * @throws ConfigError (of `@todo/runtime/config`) with every problem at once.
 */
export function readWebConfig(env: Record<string, string | undefined>): Config {
  return readConfig(shape, env as NodeJS.ProcessEnv, together);
}

let current: Config | undefined;

/** The process's configuration. A wrong one ends the process with exit code 78. */
export function config(): Config {
  current ??= readConfigOrExit('web', shape, process.env, together);
  return current;
}
