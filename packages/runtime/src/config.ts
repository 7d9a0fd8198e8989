// Configuration is read once, at start, from the environment or from mounted files, and checked whole:
// a person who got three values wrong should hear of three, not of one a restart.
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { telemetryConfig } from './telemetry-config.ts';

/** sysexits.h EX_CONFIG: something in the configuration is wrong, a restart will not help. */
export const EXIT_CONFIG = 78;

/** Every problem found in a configuration, one line each. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(`configuration: ${problems.join('; ')}`);
    this.problems = problems;
  }
}

/** A TCP port given as text. */
export const port = z.coerce.number().int().min(1).max(65_535);

/** A whole number given as text, in the unit that the variable's name says. */
export const wholeNumber = z.coerce.number().int().min(0);

/** `true`/`false`, `1`/`0`, `on`/`off`, `yes`/`no`: the text "false" must not be truthy. */
export const flag = z.stringbool();

/**
 * What is wrong with how an address writes its user and password; undefined when nothing is. `URL` takes much that no client
 * can read later: a bare `%`, or a `/` in a password, which ends the host early.
 * @param url an address with `user:password@host`
 * @returns words for a person, without a part of the address
 */
export function credentialsProblem(url: string): string | undefined {
  const hint =
    'a user or password with special characters must be percent-encoded (% as %25, / as %2F, # as %23, ? as %3F, @ as %40)';
  if (!URL.canParse(url)) return hint;
  const { username, password, pathname, hash } = new URL(url);
  try {
    decodeURIComponent(username);
    decodeURIComponent(password);
  } catch {
    return hint;
  }
  return pathname.includes('@') || hash !== '' ? hint : undefined;
}

/**
 * An address with a user and a password.
 * @param protocol the schemes it may have, with the colon left out
 * @param expected the form, for people
 * @param path whether something may follow the host
 */
export function addressWithLogin(protocol: RegExp, expected: string, path: boolean) {
  return z.string().superRefine((url, context) => {
    const refuse = (message: string) => {
      context.addIssue({ code: 'custom', message });
    };
    if (!protocol.test(/^([a-z][a-z0-9+.-]*):\/\//i.exec(url)?.[1]?.toLowerCase() ?? '')) {
      refuse(expected);
      return;
    }
    const parsed = URL.canParse(url) ? new URL(url) : undefined;
    const more = parsed !== undefined && !/^\/?$/.test(parsed.pathname + parsed.search);
    const problem = credentialsProblem(url);
    if (problem !== undefined) refuse(`${expected}; ${problem}`);
    else if (parsed?.hostname === '' && !path) refuse(expected);
    else if (more && !path) {
      refuse(
        `${expected}, nothing after the host; / and ? in a password must be percent-encoded (%2F, %3F)`,
      );
    }
  });
}

/** A PostgreSQL address. */
export const postgresUrl = addressWithLogin(
  /^postgres(ql)?$/,
  'expected postgres://user:password@host:port/database',
  true,
).describe('PostgreSQL address');

/** A mail server's address. */
export const mailUrl = addressWithLogin(
  /^smtps?$/,
  'expected smtp://user:password@host:587 or smtps://…',
  false,
);

/** A comma-separated list; empty items are left out. */
export const commaList = z.string().transform((text) =>
  text
    .split(',')
    .map((item) => item.trim())
    .filter(Boolean),
);

/** What each Dapr service needs; spread it into the service's own schema. */
export const serviceConfig = {
  ...telemetryConfig,
  HOST: z.string().default('0.0.0.0'),
  PORT: port.default(8080),
  METRICS_PORT: port.optional(),
  LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal']).default('info'),
  DATABASE_URL: postgresUrl,
  DATABASE_DIRECT_URL: postgresUrl.optional(),
  DATABASE_POOL_SIZE: z.coerce.number().int().min(1).max(100).default(10),
  DAPR_HOST: z.string().default('127.0.0.1'),
  DAPR_HTTP_PORT: port.default(3500),
  DAPR_API_TOKEN: z.string().min(1).optional(),
  APP_API_TOKEN: z.string().min(16, 'expected a random token of at least 16 characters'),
  DAPR_PUBSUB: z.string().default('pubsub'),
  DAPR_STATESTORE: z.string().default('statestore'),
  SHUTDOWN_DELAY_MS: wholeNumber.max(60_000).default(0),
};

/**
 * Reads and checks a configuration. `NAME_FILE` gives the path of a file that holds `NAME`'s value (a mounted Secret);
 * an empty value counts as not given.
 * @param shape zod fields by variable name.
 * @param env the environment to read.
 * @param check what is wrong with values that are right one by one, a line each: `NAME: what was expected`.
 * @returns the checked values.
 * @throws ConfigError with every problem, never with a value.
 */
export function readConfig<S extends z.ZodRawShape>(
  shape: S,
  env: NodeJS.ProcessEnv = process.env,
  check: (values: z.output<z.ZodObject<S>>) => string[] = () => [],
): z.output<z.ZodObject<S>> {
  const given: Record<string, string> = {};
  const problems: string[] = [];
  for (const name of Object.keys(shape)) {
    const path = env[`${name}_FILE`];
    let value = env[name];
    if (path) {
      try {
        value = readFileSync(path, 'utf8').replace(/\r?\n$/, '');
      } catch (error) {
        problems.push(
          `${name}_FILE: ${path} can't be read (${(error as NodeJS.ErrnoException).code ?? 'error'})`,
        );
      }
    }
    if (value) given[name] = value;
  }
  const result = z.object(shape).safeParse(given);
  if (!result.success) {
    for (const issue of result.error.issues) {
      const name = issue.path.join('.');
      const missing = !(name in given) && issue.code === 'invalid_type';
      if (problems.some((problem) => problem.startsWith(`${name}_FILE:`))) continue;
      problems.push(
        missing
          ? `${name}: required, but not set (or give ${name}_FILE)`
          : `${name}: ${issue.message}`,
      );
    }
  }
  if (result.success) problems.push(...check(result.data));
  if (problems.length > 0 || !result.success) throw new ConfigError(problems);
  return result.data;
}

/**
 * Like {@link readConfig}, for a process's start: prints one line of JSON that lists every problem, and exits 78.
 * @param service the name shown in the log line.
 */
export function readConfigOrExit<S extends z.ZodRawShape>(
  service: string,
  shape: S,
  env: NodeJS.ProcessEnv = process.env,
  check?: (values: z.output<z.ZodObject<S>>) => string[],
): z.output<z.ZodObject<S>> {
  try {
    return readConfig(shape, env, check);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const line = {
      level: 'fatal',
      time: new Date().toISOString(),
      service,
      msg: 'invalid configuration',
      problems: error.problems,
    };
    process.stderr.write(`${JSON.stringify(line)}\n`);
    process.exit(EXIT_CONFIG);
  }
}
