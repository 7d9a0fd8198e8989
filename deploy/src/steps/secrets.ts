// The release's Secret: from environment variables or files to the cluster, by standard input only.
// What is not given keeps the value the cluster has; tokens that only parts of the system show each other
// are made up the first time.
// usage: secrets.ts check|apply|make-database-password --namespace NS [--database in-cluster|external]
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import type { LoginName } from '../plan/database-logins.ts';
import { givenSecrets } from '../run/given-secrets.ts';
import { apply, get, program, say } from './cluster.ts';

/** The release's Secret: what apps read, each its own keys as mounted files. No service account may read it. */
export const SECRET = 'todo-secrets';
const DATABASE_SECRET = 'todo-postgresql';
/** What the parts' database logins come from: prepare-database.ts. */
export const LOGINS_SECRET = 'todo-database-logins';
/** Secrets of components, by the login that is in each: a sidecar may read those of its own components. */
export const SIDECAR_SECRETS: Partial<Record<LoginName, string>> = {
  'pubsub-postgresql': 'todo-pubsub',
  state: 'todo-state',
};
/** Every Secret of a release. */
const ALL = [SECRET, DATABASE_SECRET, LOGINS_SECRET, ...Object.values(SIDECAR_SECRETS)];

interface Form {
  pattern: RegExp;
  expected: string;
  /** An address with a login: `path` when a database or the like follows the host. */
  address?: 'path' | 'host only';
}
const DATABASE: Form = {
  pattern: /^postgres(ql)?:\/\/[^\s/]+\/[^\s]+$/,
  expected: 'expected postgres://user:password@host[:port]/database',
  address: 'path',
};
const TOKEN: Form = { pattern: /^.{16,}$/s, expected: 'at least 16 characters' };
/** The web app refuses to start with a shorter one. */
const SESSION_SECRET: Form = { pattern: /^.{32,}$/s, expected: 'at least 32 characters' };

/**
 * Variable, key in the Secret, and where its value comes from when nobody gives one. `none`: the key is there with an empty
 * value, which programs take for not given; so a pod that mounts it starts with and without.
 */
const KEYS: readonly {
  variable: string;
  key: string;
  source: 'required' | 'made' | 'DATABASE_URL' | 'none';
  form: Form;
}[] = [
  { variable: 'DATABASE_URL', key: 'database-url', source: 'required', form: DATABASE },
  {
    variable: 'DATABASE_DIRECT_URL',
    key: 'database-direct-url',
    source: 'DATABASE_URL',
    form: DATABASE,
  },
  {
    variable: 'BETTER_AUTH_SECRET',
    key: 'better-auth-secret',
    source: 'made',
    form: SESSION_SECRET,
  },
  { variable: 'APP_API_TOKEN', key: 'app-api-token', source: 'made', form: TOKEN },
  { variable: 'DAPR_API_TOKEN', key: 'dapr-api-token', source: 'made', form: TOKEN },
  {
    variable: 'SMTP_URL',
    key: 'smtp-url',
    source: 'none',
    form: {
      pattern: /^smtps?:\/\/\S+$/,
      expected: 'expected smtp://user:password@host:587 or smtps://…',
      address: 'host only',
    },
  },
  {
    variable: 'VAPID_PRIVATE_KEY',
    key: 'vapid-private-key',
    source: 'none',
    form: { pattern: /^[\w-]{43}$/, expected: 'expected 32 bytes as 43 characters of base64url' },
  },
  {
    variable: 'CHAT_API_KEY',
    key: 'chat-api-key',
    source: 'none',
    form: { pattern: /^\S+$/, expected: 'expected one word' },
  },
  {
    variable: 'OIDC_PROVIDERS',
    key: 'oidc-providers',
    source: 'none',
    form: {
      pattern: /^\[[\s\S]*\]$/,
      expected: 'expected a JSON list of OpenID Connect providers',
    },
  },
];

type Given = Readonly<Record<string, string>>;
interface SecretObject {
  data?: Record<string, string>;
}

/** What of an address no client could read later: the services refuse the same at their start. */
function encodingProblem(value: string, kind: 'path' | 'host only'): string | undefined {
  const hint =
    'a user or password with special characters must be percent-encoded (% as %25, / as %2F, # as %23, ? as %3F, @ as %40)';
  try {
    const { username, password, pathname, search, hash } = new URL(value);
    decodeURIComponent(username);
    decodeURIComponent(password);
    const after = kind === 'path' ? '' : pathname.slice(1) + search;
    return pathname.includes('@') || hash !== '' || after !== '' ? hint : undefined;
  } catch {
    return hint;
  }
}

/**
 * What the environment gives, by variable: `NAME`, or the contents of the file `NAME_FILE`.
 * @throws Error that names every variable whose value can't be used, without the value
 */
export function readGiven(environment: NodeJS.ProcessEnv): Given {
  const given: Record<string, string> = {};
  const problems: string[] = [];
  for (const { variable, form } of KEYS) {
    const path = environment[`${variable}_FILE`];
    let value = environment[variable] ?? '';
    if (value === '' && path) {
      try {
        value = readFileSync(path, 'utf8').trim();
      } catch (error) {
        problems.push(`${variable}_FILE: ${(error as Error).message}`);
        continue;
      }
    }
    if (value === '') continue;
    const encoding = form.address === undefined ? undefined : encodingProblem(value, form.address);
    if (!form.pattern.test(value) || encoding !== undefined) {
      const more = encoding === undefined ? '' : `; ${encoding}`;
      problems.push(`${variable}: ${form.expected}${more}`);
      continue;
    }
    given[variable] = value;
  }
  if (problems.length > 0) throw new Error(problems.join('\n'));
  return given;
}

/**
 * The Secret's values by key: given ones first, then those in the cluster, then made ones.
 * @throws Error that names every key that has no value from anywhere
 */
export function settle(given: Given, inCluster: Given): Record<string, string> {
  const values: Record<string, string> = {};
  const problems: string[] = [];
  for (const { variable, key, source } of KEYS) {
    const value =
      given[variable] ??
      // a new address without a new direct one: the old direct one is another database's
      (source === 'DATABASE_URL' && given['DATABASE_URL'] !== undefined
        ? given['DATABASE_URL']
        : inCluster[key]) ??
      (source === 'made' ? randomBytes(32).toString('base64url') : undefined) ??
      (source === 'DATABASE_URL' ? values['database-url'] : undefined) ??
      (source === 'none' ? '' : undefined);
    if (value === undefined) {
      if (source === 'required') {
        problems.push(
          `Secret ${SECRET} has no key ${key}: set ${variable}, or set ${variable}_FILE to a file that contains it`,
        );
      }
      continue;
    }
    values[key] = value;
  }
  if (problems.length > 0) throw new Error(problems.join('\n'));
  return values;
}

/** Decoded values of a Secret by key; none when there is no such Secret. */
export function readSecret(namespace: string, name: string): Record<string, string> {
  const found = get<SecretObject>(['secret', name, '--namespace', namespace]);
  return Object.fromEntries(
    Object.entries(found?.data ?? {}).map(([key, value]) => [
      key,
      Buffer.from(value, 'base64').toString('utf8'),
    ]),
  );
}

/** The values of every secret of a release, for hiding them: what its Secrets hold, and what this deploy was given. */
export function secretsOf(namespace: string): string[] {
  return [
    ...ALL.flatMap((name) => Object.values(readSecret(namespace, name))),
    ...givenSecrets(process.env),
  ];
}

/** Makes a Secret hold these values, and no others of ours. @param values by key, decoded */
export function write(namespace: string, name: string, values: Given): void {
  apply(
    namespace,
    JSON.stringify({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name, labels: { 'app.kubernetes.io/part-of': 'todo' } },
      type: 'Opaque',
      data: Object.fromEntries(
        Object.entries(values).map(([key, value]) => [key, Buffer.from(value).toString('base64')]),
      ),
    }),
  );
}

/** The addresses of the database that deploy/manifests/postgresql.yaml runs. */
function inClusterDatabase(password: string): Given {
  const url = `postgres://todo:${password}@postgresql:5432/todo`;
  return { DATABASE_URL: url, DATABASE_DIRECT_URL: url };
}

function main(): void {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      namespace: { type: 'string', default: 'todo' },
      database: { type: 'string', default: 'external' },
    },
  });
  const { namespace } = values;
  const own = values.database === 'in-cluster';
  switch (positionals[0]) {
    case 'check': {
      const given = { ...readGiven(process.env), ...(own ? inClusterDatabase('made-later') : {}) };
      settle(given, readSecret(namespace, SECRET));
      return;
    }
    case 'make-database-password': {
      const { password } = readSecret(namespace, DATABASE_SECRET);
      if (password === undefined) {
        write(namespace, DATABASE_SECRET, { password: randomBytes(24).toString('base64url') });
        say('made one');
      }
      return;
    }
    case 'apply': {
      const { password } = own ? readSecret(namespace, DATABASE_SECRET) : {};
      const given = {
        ...readGiven(process.env),
        ...(password === undefined ? {} : inClusterDatabase(password)),
      };
      const inCluster = readSecret(namespace, SECRET);
      const settled = settle(given, inCluster);
      const changed = Object.keys(settled).filter((key) => settled[key] !== inCluster[key]);
      write(namespace, SECRET, { ...inCluster, ...settled });
      say(changed.length === 0 ? 'unchanged' : `set ${changed.join(', ')}`);
      return;
    }
    default:
      throw new Error('usage: secrets.ts check|apply|make-database-password --namespace NS');
  }
}

if (import.meta.main) await program(main);
