// From what somebody typed to a plan: defaults, files, and everything that is wrong at once.
import { accessSync, constants, readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { Problems } from './arguments.ts';
import { manifestPaths } from './contents.ts';
import { parseImages, reasonOf } from './images.ts';
import type { Images } from './images.ts';
import type { Plan } from './plan.ts';
import type { ReleaseInput } from './release-input.ts';
import { releasePlan } from './release.ts';
import { CHARTS, DAPR_REPOSITORY, DAPR_VERSION } from './services.ts';

/** Options of a deploy as they were typed; `deploy.ts` explains each to its users. */
export interface PlanOptions {
  /** `local` or `cloud`; required. */
  readonly env?: string | undefined;
  /** `prefix:tag` or a JSON file; required. */
  readonly images?: string | undefined;
  readonly namespace?: string | undefined;
  readonly publicUrl?: string | undefined;
  readonly withoutAudit?: boolean | undefined;
  readonly database?: string | undefined;
  readonly databaseLogins?: string | undefined;
  readonly daprChart?: string | undefined;
  readonly withoutDapr?: boolean | undefined;
  readonly expose?: string | undefined;
  readonly tls?: string | undefined;
  readonly clusterIssuer?: string | undefined;
  readonly pullSecret?: readonly string[] | undefined;
  /** `chart=path` each. */
  readonly values?: readonly string[] | undefined;
  readonly timeout?: string | number | undefined;
  readonly lockWait?: string | number | undefined;
  readonly failureFolder?: string | undefined;
  readonly holder: string;
}

/**
 * Reads the files a plan needs and fills in the defaults.
 * @param root the repository's root
 * @param problems what is wrong elsewhere with the same call: said together
 * @throws WrongArguments with everything that is wrong
 */
export function planFromOptions(
  options: PlanOptions,
  root: string,
  problems: Problems = new Problems(),
): Plan {
  const read = (path: string) => readFileSync(resolve(root, path), 'utf8');
  if (options.env === undefined) problems.add('--env is missing: local or cloud');
  const environment = problems.oneOf('--env', options.env, ['local', 'cloud']);
  const images = imagesOf(options.images, read, problems);
  const namespace = problems.label('--namespace', options.namespace ?? 'todo');
  const publicUrl = publicUrlOf(options, problems);
  const database = problems.oneOf('--database', options.database, ['in-cluster', 'external']);
  const databaseLogins = problems.oneOf('--database-logins', options.databaseLogins, [
    'per-part',
    'one',
  ]);
  const expose = problems.oneOf('--expose', options.expose, [
    'ClusterIP',
    'NodePort',
    'LoadBalancer',
  ]);
  const tls = tlsOf(options, publicUrl, problems);
  const imagePullSecrets = (options.pullSecret ?? []).map((name) =>
    problems.subdomain('--pull-secret', name),
  );
  const values = valuesOf(options.values ?? [], root, problems);
  const timeout = problems.seconds('--timeout', options.timeout);
  const lockWait = problems.seconds('--lock-wait', options.lockWait);
  if (options.daprChart === '') problems.add('--dapr-chart: expected a folder or an address');
  problems.check('deploy');
  if (environment === undefined || images === undefined) throw new Error('not reached');
  return releasePlan({
    environment,
    namespace,
    images,
    publicUrl,
    audit: options.withoutAudit !== true,
    database: database ?? (environment === 'local' ? 'in-cluster' : 'external'),
    databaseLogins: databaseLogins ?? 'per-part',
    dapr: {
      install: options.withoutDapr !== true,
      chart: options.daprChart ?? DAPR_REPOSITORY,
      version: DAPR_VERSION,
      namespace: 'dapr-system',
    },
    ...(expose === undefined ? {} : { expose }),
    ...(tls === undefined ? {} : { tls }),
    imagePullSecrets,
    values,
    timeoutSeconds: timeout ?? 180,
    lockWaitSeconds: lockWait ?? 600,
    holder: options.holder,
    ...(options.failureFolder === undefined
      ? {}
      : { failureFolder: resolve(options.failureFolder) }),
    files: Object.fromEntries(manifestPaths(environment).map((path) => [path, read(path)])),
  });
}

function imagesOf(
  text: string | undefined,
  read: (path: string) => string,
  problems: Problems,
): Images | undefined {
  if (text === undefined || text === '') {
    problems.add(
      '--images is missing: registry/prefix:tag, or a JSON file with a reference for each image',
    );
    return undefined;
  }
  try {
    return parseImages(text, read);
  } catch (error) {
    problems.add(`--images: ${(error as Error).message}`);
    return undefined;
  }
}

function publicUrlOf({ env, publicUrl }: PlanOptions, problems: Problems): string {
  const address = publicUrl ?? (env === 'local' ? 'http://localhost:3000' : '');
  if (address === '') {
    if (env === 'cloud' || publicUrl !== undefined) {
      problems.add(
        '--public-url is missing: the public address of the app, such as https://todo.example',
      );
    }
  } else if (!/^https?:\/\/[^/\s?#@]+$/.test(address) || !URL.canParse(address)) {
    problems.add(`--public-url ${address}: expected http(s)://host[:port] without a path`);
  }
  return address;
}

function tlsOf(
  { tls, clusterIssuer }: PlanOptions,
  publicUrl: string,
  problems: Problems,
): ReleaseInput['tls'] {
  const by = problems.oneOf('--tls', tls, ['ingress', 'load-balancer']);
  if (clusterIssuer !== undefined) {
    problems.subdomain('--cluster-issuer', clusterIssuer);
    if (by === undefined) problems.add('--cluster-issuer: needs --tls ingress or load-balancer');
  }
  if (by === undefined) return undefined;
  if (!publicUrl.startsWith('https://') || new URL(publicUrl).port !== '')
    problems.add(`--tls ${by}: needs --public-url=https://host without a port`);
  return { by, clusterIssuer: clusterIssuer ?? '' };
}

function valuesOf(
  entries: readonly string[],
  root: string,
  problems: Problems,
): Record<string, string[]> {
  const values: Record<string, string[]> = {};
  for (const entry of entries) {
    const equals = entry.indexOf('=');
    const chart = entry.slice(0, Math.max(0, equals));
    const path = entry.slice(equals + 1);
    if (!CHARTS.includes(chart) || path === '') {
      problems.add(`--values ${entry}: expected CHART=FILE, CHART one of ${CHARTS.join(', ')}`);
      continue;
    }
    const file = resolve(root, path);
    const reason = whyUnreadable(file);
    if (reason !== undefined) problems.add(`--values ${entry}: ${reason}`);
    (values[chart] ??= []).push(file);
  }
  return values;
}

/** Why a path is no readable file; undefined when it is one. */
export function whyUnreadable(path: string): string | undefined {
  try {
    if (statSync(path).isDirectory()) return 'a folder, not a file';
    accessSync(path, constants.R_OK);
    return undefined;
  } catch (error) {
    return reasonOf(error);
  }
}
