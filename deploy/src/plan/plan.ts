// The release as data: which commands, in which order, bring one environment to a set of images.
// A pure function makes it, so it can be read, compared with a golden copy and run by anybody:
// run-plan.ts runs it on this machine, the Dagger module runs the same steps in a container.
// `node deploy/src/plan/plan.ts --help` prints a plan as JSON. Nothing here but what Node brings with it.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';

/** The two environments of the plan; they differ in values, broker and where secrets come from. */
export type Environment = 'local' | 'cloud';

/** One command, run in the repository's root with KUBECONFIG set. */
export interface Command {
  readonly argv: readonly string[];
  /** Written to the command's standard input. Never holds a secret. */
  readonly stdin?: string;
  /** Environment variables with secrets that this command may see, each also as `NAME_FILE`. */
  readonly secrets?: readonly string[];
  readonly timeoutSeconds: number;
}

/** One step of a release: it succeeds when its command exits with 0. */
export interface Step extends Command {
  readonly id: string;
  readonly title: string;
  /** Shown, each with its output, when the step fails; none of them changes anything. */
  readonly showOnFailure: readonly Command[];
}

/**
 * A release or its removal. How to run it:
 * 1. Run `steps` in order. After the step with id `lock`, run `renewLock` before each further step, with
 *    `{seconds}` in its arguments replaced by the step's timeout plus 60; if that fails, another deploy
 *    has taken over: stop, and do not roll back.
 * 2. If a step fails or is interrupted: its `showOnFailure`; then, if the step with id `record` had
 *    succeeded, `rollBack`, which first shows why pods fail, while they are still there.
 * 3. In every case, once `lock` had succeeded: `releaseLock`.
 */
export interface Plan {
  readonly environment: Environment | 'none';
  readonly namespace: string;
  readonly steps: readonly Step[];
  readonly renewLock: Command;
  readonly releaseLock: Command;
  readonly rollBack: readonly Command[];
}

/** Image references by part, each `repository:tag` or `repository@sha256:…`. */
export type Images = Readonly<Record<ImageName, string>>;
export type ImageName =
  'backend' | 'notification' | 'recurring' | 'audit' | 'pubsub-postgresql' | 'web';

/** What a release is made from. */
export interface ReleaseInput {
  readonly environment: Environment;
  readonly namespace: string;
  readonly images: Images;
  /** The address people type, such as https://todo.example. */
  readonly publicUrl: string;
  readonly audit: boolean;
  /** `in-cluster`: also runs deploy/manifests/postgresql.yaml and makes its addresses and password. */
  readonly database: 'in-cluster' | 'external';
  readonly dapr: {
    /** false: Dapr must be there already. */
    readonly install: boolean;
    /** A folder, or the address of a chart repository. */
    readonly chart: string;
    readonly version: string;
    readonly namespace: string;
  };
  /** How the web app is reached; without it, as the environment's values say. */
  readonly expose?: 'ClusterIP' | 'NodePort' | 'LoadBalancer';
  /** Names of registry secrets that are in the namespace already. */
  readonly imagePullSecrets: readonly string[];
  /** More values files by chart, after the environment's own. */
  readonly values: Readonly<Record<string, readonly string[]>>;
  /** How long one service may take to be healthy, in seconds. */
  readonly timeoutSeconds: number;
  /** How long to wait for another deploy's lock, in seconds. */
  readonly lockWaitSeconds: number;
  /** Who deploys, as others read it who wait for the lock. */
  readonly holder: string;
  /** Contents of the repository's files that become standard input, by path. See `manifestPaths`. */
  readonly files: Readonly<Record<string, string>>;
}

interface Service {
  readonly chart: string;
  readonly image: ImageName;
  readonly dapr: boolean;
}

/** In the order they are deployed: who is called comes before who calls. */
const SERVICES: readonly Service[] = [
  { chart: 'todo-backend', image: 'backend', dapr: true },
  { chart: 'notification-service', image: 'notification', dapr: true },
  { chart: 'recurring-service', image: 'recurring', dapr: true },
  { chart: 'audit-service', image: 'audit', dapr: true },
  { chart: 'todo-frontend', image: 'web', dapr: false },
];

/** All charts of the system, in the order they are deployed. */
export const CHARTS: readonly string[] = SERVICES.map((service) => service.chart);

export const IMAGE_NAMES: readonly ImageName[] = [
  'backend',
  'notification',
  'recurring',
  'audit',
  'pubsub-postgresql',
  'web',
];

/** Secrets a deploy can be given. What is not given keeps the value it has in the cluster. */
export const SECRETS: readonly string[] = [
  'DATABASE_URL',
  'DATABASE_DIRECT_URL',
  'BETTER_AUTH_SECRET',
  'APP_API_TOKEN',
  'DAPR_API_TOKEN',
  'SMTP_URL',
  'VAPID_PRIVATE_KEY',
  'CHAT_API_KEY',
];

/** Dapr's version that charts and manifests were proved with. */
export const DAPR_VERSION = '1.18.2';
export const DAPR_REPOSITORY = 'https://dapr.github.io/helm-charts';

const SUBSCRIBERS = ['todo-backend', 'notification-service', 'recurring-service', 'audit-service'];

/**
 * The files a plan for this environment needs the contents of.
 * @param environment which pub/sub component, and whether a broker is deployed
 */
export function manifestPaths(environment: Environment): string[] {
  return [
    `dapr/components/${environment === 'local' ? 'pubsub' : 'pubsub-cloud'}.yaml`,
    'dapr/components/statestore.yaml',
    'dapr/components/secrets.yaml',
    'dapr/configuration.yaml',
    'dapr/resiliency.yaml',
    ...SUBSCRIBERS.map((app) => `dapr/subscriptions/${app}.yaml`),
    'deploy/manifests/redpanda.yaml',
    'deploy/manifests/postgresql.yaml',
  ];
}

/**
 * Splits an image reference, so that a chart gets the tag as the string it is.
 * @throws Error when there is neither tag nor digest
 */
export function splitImage(reference: string): {
  repository: string;
  tag: string;
  digest: string;
} {
  const [name = '', digest = ''] = reference.split('@');
  const colon = name.lastIndexOf(':');
  const tagged = colon > name.lastIndexOf('/');
  const repository = tagged ? name.slice(0, colon) : name;
  const tag = tagged ? name.slice(colon + 1) : '';
  if (!/^[a-z0-9][a-z0-9./:_-]*$/.test(repository)) {
    throw new Error(
      `image ${JSON.stringify(reference)}: not a reference such as registry/name:tag`,
    );
  }
  if (tag === '' && digest === '') {
    throw new Error(`image ${JSON.stringify(reference)}: give a tag (name:tag) or a digest`);
  }
  if (tag !== '' && !/^\w[\w.-]{0,127}$/.test(tag)) {
    throw new Error(`image ${JSON.stringify(reference)}: ${JSON.stringify(tag)} is not a tag`);
  }
  if (digest !== '' && !/^sha256:[0-9a-f]{64}$/.test(digest)) {
    throw new Error(`image ${JSON.stringify(reference)}: a digest is sha256: and 64 digits`);
  }
  return { repository, tag, digest };
}

/**
 * The images of one build: all six under one prefix and one tag.
 * @param prefixAndTag such as registry.example/todo:1.4.0
 */
export function imagesFromPrefix(prefixAndTag: string): Images {
  const { repository, tag, digest } = splitImage(prefixAndTag);
  if (digest !== '' || tag === '') {
    throw new Error(
      `images ${JSON.stringify(prefixAndTag)}: give prefix:tag, or a JSON file with a reference for each image`,
    );
  }
  return Object.fromEntries(
    IMAGE_NAMES.map((name) => [name, `${repository}/${name}:${tag}`]),
  ) as Images;
}

/**
 * The images as somebody typed them: `prefix:tag`, or the path of a JSON file by image name.
 * @throws Error that names every missing or unknown image
 */
export function parseImages(text: string, readFile: (path: string) => string): Images {
  if (!text.endsWith('.json')) return imagesFromPrefix(text);
  const given: unknown = JSON.parse(readFile(text));
  if (typeof given !== 'object' || given === null) {
    throw new Error(`${text}: expected an object of image references by name`);
  }
  const entries = Object.entries(given) as [string, unknown][];
  const problems = [
    ...IMAGE_NAMES.filter((name) => !entries.some(([key]) => key === name)).map(
      (name) => `${name} is missing`,
    ),
    ...entries.flatMap(([name, reference]) => {
      if (!(IMAGE_NAMES as readonly string[]).includes(name)) return [`${name} is not an image`];
      if (typeof reference !== 'string') return [`${name} is not a string: quote it`];
      try {
        splitImage(reference);
        return [];
      } catch (error) {
        return [`${name}: ${(error as Error).message}`];
      }
    }),
  ];
  if (problems.length > 0) throw new Error(`${text}: ${problems.join('; ')}`);
  return given as Images;
}

/**
 * The steps that bring an environment to these images.
 * @param input everything the result depends on: same input, same plan
 * @returns the plan; running it twice changes nothing the second time
 * @throws Error when a file of `manifestPaths` is missing from `input.files`
 */
export function releasePlan(input: ReleaseInput): Plan {
  const { namespace, environment } = input;
  const services = SERVICES.filter((service) => input.audit || service.image !== 'audit');
  const manifests = daprManifests(input);
  const checksum = createHash('sha256').update(manifests).digest('hex').slice(0, 16);
  const inNamespace = ['--namespace', namespace];
  const helmArguments = (service: Service) => [
    ...inNamespace,
    '--values',
    `charts/${service.chart}/values-${environment}.yaml`,
    ...(input.values[service.chart] ?? []).flatMap((path) => ['--values', path]),
    '--values',
    '-',
  ];

  const steps: Step[] = [
    step('helm', 'Helm is here', ['helm', 'version', '--short']),
    step('cluster', 'The cluster answers and lets us deploy', [
      ...program('check-cluster'),
      ...inNamespace,
      '--dapr',
      input.dapr.install ? 'install' : 'existing',
      '--dapr-namespace',
      input.dapr.namespace,
      '--dapr-version',
      input.dapr.version,
    ]),
    ...services.map((service) =>
      step(
        `values-${service.chart}`,
        `The values of ${service.chart} are valid`,
        ['helm', 'template', service.chart, `charts/${service.chart}`, ...helmArguments(service)],
        { stdin: chartValues(input, service, checksum) },
      ),
    ),
    step(
      'check-secrets',
      'Every secret is given, or in the cluster already',
      [...program('secrets'), 'check', ...inNamespace, '--database', input.database],
      { secrets: SECRETS },
    ),
    ...(input.database === 'external'
      ? [
          step(
            'check-database',
            'The database answers from inside the cluster',
            [
              ...program('check-database'),
              ...inNamespace,
              '--image',
              input.images.backend,
              ...input.imagePullSecrets.flatMap((name) => ['--pull-secret', name]),
            ],
            { secrets: ['DATABASE_URL', 'DATABASE_DIRECT_URL'], timeoutSeconds: 120 },
          ),
        ]
      : []),
    step('namespace', `Namespace ${namespace}, restricted`, kubectlApply([]), {
      stdin: yaml([namespaceManifest(namespace)]),
    }),
    step('lock', 'No other deploy is running', lock(input, 'acquire'), {
      timeoutSeconds: input.lockWaitSeconds + 60,
    }),
    step(
      'recover',
      'Releases that an earlier deploy left half done',
      [...program('recover'), ...inNamespace, '--timeout', String(input.timeoutSeconds), ...CHARTS],
      { timeoutSeconds: input.timeoutSeconds * 2 },
    ),
    step('record', 'Remember what runs now', [...program('record'), ...inNamespace, ...CHARTS]),
    ...(input.dapr.install
      ? [
          step(
            'dapr',
            `Dapr ${input.dapr.version}`,
            [
              ...program('dapr'),
              '--chart',
              input.dapr.chart,
              '--version',
              input.dapr.version,
              '--dapr-namespace',
              input.dapr.namespace,
            ],
            {
              stdin: json(daprValues()),
              timeoutSeconds: 300,
              showOnFailure: [podsOf(input.dapr.namespace), eventsOf(input.dapr.namespace)],
            },
          ),
        ]
      : []),
    step(
      'injection',
      'Dapr gives new pods their sidecar',
      [
        ...program('prove-injection'),
        ...inNamespace,
        ...services.filter(({ dapr }) => dapr).map(({ chart }) => chart),
      ],
      { timeoutSeconds: 120, showOnFailure: [podsOf(input.dapr.namespace)] },
    ),
    ...(environment === 'local' ? statefulSteps(input, 'redpanda', 'The broker: Redpanda') : []),
    ...(input.database === 'in-cluster'
      ? [
          step('database-secret', 'A password for the database', [
            ...program('secrets'),
            'make-database-password',
            ...inNamespace,
          ]),
          ...statefulSteps(input, 'postgresql', 'The database: PostgreSQL'),
        ]
      : []),
    step(
      'secrets',
      'Secrets',
      [...program('secrets'), 'apply', ...inNamespace, '--database', input.database],
      { secrets: SECRETS },
    ),
    // Before the components: sidecars that run load a changed one at once, and its schema must be there.
    step(
      'state-store',
      "The place of Dapr's state in the database",
      [
        ...program('prepare-state-store'),
        ...inNamespace,
        '--image',
        input.images.backend,
        '--timeout',
        String(input.timeoutSeconds),
        ...input.imagePullSecrets.flatMap((name) => ['--pull-secret', name]),
      ],
      { timeoutSeconds: input.timeoutSeconds + 60 },
    ),
    step(
      'components',
      'Dapr components, subscriptions, resiliency and configuration',
      [...program('manifests'), 'apply', ...inNamespace],
      { stdin: manifests },
    ),
    ...services.map((service) =>
      step(
        service.chart,
        service.chart,
        [
          'helm',
          'upgrade',
          '--install',
          service.chart,
          `charts/${service.chart}`,
          ...helmArguments(service),
          '--wait',
          '--timeout',
          `${input.timeoutSeconds}s`,
          '--history-max',
          '5',
        ],
        {
          stdin: chartValues(input, service, checksum),
          timeoutSeconds: input.timeoutSeconds + 30,
        },
      ),
    ),
    ...(input.audit
      ? []
      : [
          step(
            'without-audit',
            'audit-service is not wanted here',
            [...program('uninstall'), ...inNamespace, 'audit-service'],
            { timeoutSeconds: 120 },
          ),
        ]),
    step(
      'healthy',
      'Every pod is ready and has its sidecar',
      [
        ...program('check-pods'),
        ...inNamespace,
        '--timeout',
        String(input.timeoutSeconds),
        ...services.map((service) => `${service.chart}${service.dapr ? '=dapr' : ''}`),
      ],
      { timeoutSeconds: input.timeoutSeconds + 60 },
    ),
    step(
      'event',
      'One event, from a task to what follows from it',
      [...program('prove-event'), ...inNamespace, ...(input.audit ? ['--audit'] : [])],
      {
        timeoutSeconds: 150,
        showOnFailure: services
          .filter((service) => service.dapr)
          .flatMap((service) => [
            logsOf(namespace, service.chart, 'app'),
            logsOf(namespace, service.chart, 'daprd'),
          ]),
      },
    ),
  ];

  return {
    environment,
    namespace,
    steps,
    renewLock: { argv: lock(input, 'renew'), timeoutSeconds: 30 },
    releaseLock: { argv: lock(input, 'release'), timeoutSeconds: 30 },
    rollBack: [
      { argv: [...program('diagnose'), ...inNamespace, ...CHARTS], timeoutSeconds: 60 },
      {
        argv: [
          ...program('roll-back'),
          ...inNamespace,
          '--timeout',
          String(input.timeoutSeconds),
          ...CHARTS,
        ],
        timeoutSeconds: input.timeoutSeconds * CHARTS.length + 60,
      },
    ],
  };
}

/** What a removal is made from. */
export interface RemovalInput {
  readonly namespace: string;
  /** Also the database and broker this plan made, their volumes, and all secrets: nothing is left. */
  readonly data: boolean;
  readonly dapr: { readonly remove: boolean; readonly namespace: string };
  readonly lockWaitSeconds: number;
  readonly holder: string;
}

/** The steps that remove a release, in the reverse of the order in which it came. */
export function removalPlan(input: RemovalInput): Plan {
  const inNamespace = ['--namespace', input.namespace];
  const remove = (id: string, title: string, kinds: string, selector: string) =>
    step(
      id,
      title,
      ['kubectl', 'delete', kinds, ...inNamespace, '--selector', selector, '--ignore-not-found'],
      { timeoutSeconds: 180 },
    );
  return {
    environment: 'none',
    namespace: input.namespace,
    steps: [
      step('helm', 'Helm is here', ['helm', 'version', '--short']),
      step('lock', 'No other deploy is running', lock(input, 'acquire'), {
        timeoutSeconds: input.lockWaitSeconds + 60,
      }),
      ...CHARTS.toReversed().map((chart) =>
        step(chart, chart, [...program('uninstall'), ...inNamespace, chart], {
          timeoutSeconds: 180,
        }),
      ),
      step('components', 'Dapr components, subscriptions, resiliency and configuration', [
        ...program('manifests'),
        'remove',
        ...inNamespace,
      ]),
      ...(input.data
        ? [
            remove(
              'stateful',
              'Broker and database with their data',
              'statefulset,service,networkpolicy,persistentvolumeclaim',
              // A claim carries its StatefulSet's selector and no other label.
              'app.kubernetes.io/name in (redpanda,postgresql)',
            ),
            remove('secrets', 'Secrets', 'secret', 'app.kubernetes.io/part-of=todo'),
          ]
        : []),
      ...(input.dapr.remove
        ? [
            step(
              'dapr',
              'Dapr',
              [...program('uninstall'), '--namespace', input.dapr.namespace, 'dapr'],
              { timeoutSeconds: 180 },
            ),
          ]
        : []),
    ],
    renewLock: { argv: lock(input, 'renew'), timeoutSeconds: 30 },
    releaseLock: { argv: lock(input, 'release'), timeoutSeconds: 30 },
    rollBack: [],
  };
}

function step(
  id: string,
  title: string,
  argv: readonly string[],
  more: Partial<Omit<Step, 'id' | 'title' | 'argv'>> = {},
): Step {
  return { id, title, argv, timeoutSeconds: 60, showOnFailure: [], ...more };
}

function program(name: string): string[] {
  return ['node', `deploy/src/steps/${name}.ts`];
}

function kubectlApply(inNamespace: readonly string[]): string[] {
  return ['kubectl', 'apply', '--server-side', '--force-conflicts', ...inNamespace, '-f', '-'];
}

function lock(
  input: { namespace: string; holder: string; lockWaitSeconds: number },
  action: 'acquire' | 'renew' | 'release',
): string[] {
  return [
    ...program('lock'),
    action,
    '--namespace',
    input.namespace,
    '--holder',
    input.holder,
    ...(action === 'acquire' ? ['--wait', String(input.lockWaitSeconds)] : []),
    ...(action === 'renew' ? ['--seconds', '{seconds}'] : []),
  ];
}

function statefulSteps(
  input: ReleaseInput,
  name: 'redpanda' | 'postgresql',
  title: string,
): Step[] {
  const inNamespace = ['--namespace', input.namespace];
  return [
    step(name, title, kubectlApply(inNamespace), {
      stdin: file(input, `deploy/manifests/${name}.yaml`),
    }),
    step(
      `${name}-ready`,
      `${title} is ready`,
      [
        'kubectl',
        'rollout',
        'status',
        `statefulset/${name}`,
        ...inNamespace,
        '--timeout',
        `${input.timeoutSeconds}s`,
      ],
      {
        timeoutSeconds: input.timeoutSeconds + 30,
        showOnFailure: [
          {
            argv: ['kubectl', 'describe', 'pod', `${name}-0`, ...inNamespace],
            timeoutSeconds: 30,
          },
          logsOf(input.namespace, name, name, 'statefulset'),
        ],
      },
    ),
  ];
}

/** All of dapr/ that this environment takes, with the namespace that callers' certificates name. */
function daprManifests(input: ReleaseInput): string {
  return manifestPaths(input.environment)
    .filter((path) => path.startsWith('dapr/'))
    .map((path) =>
      path === 'dapr/configuration.yaml'
        ? file(input, path).replaceAll('namespace: todo', `namespace: ${input.namespace}`)
        : file(input, path),
    )
    .join('---\n');
}

function file(input: ReleaseInput, path: string): string {
  const text = input.files[path];
  if (text === undefined)
    throw new Error(`${path}: its contents are missing from the plan's input`);
  return text;
}

/** What a chart can't know: images, addresses, and what this release leaves out. */
function chartValues(input: ReleaseInput, service: Service, checksum: string): string {
  const env: Record<string, string | boolean> = {};
  if (service.chart === 'todo-backend') env['AUTH_ISSUER'] = input.publicUrl;
  if (['todo-frontend', 'notification-service'].includes(service.chart)) {
    env['PUBLIC_URL'] = input.publicUrl;
  }
  if (!input.audit && ['backend', 'web'].includes(service.image)) env['AUDIT_ENABLED'] = false;
  return json({
    image: splitImage(input.images[service.image]),
    ...(input.imagePullSecrets.length > 0 ? { imagePullSecrets: input.imagePullSecrets } : {}),
    ...(Object.keys(env).length > 0 ? { env } : {}),
    ...(service.dapr
      ? {
          dapr: { namespace: input.dapr.namespace, manifestsChecksum: checksum },
          pubsub: { image: splitImage(input.images['pubsub-postgresql']) },
        }
      : {}),
    ...(service.chart === 'todo-frontend' && input.expose !== undefined
      ? { service: { type: input.expose } }
      : {}),
  });
}

/**
 * Dapr as this system needs it: no actors and no scheduler (nothing here uses them, and the scheduler
 * asks for three volumes), sidecars that the restricted Pod Security level accepts, and requests that fit
 * beside everything else on two cores.
 */
function daprValues(): object {
  // The same for both environments: in a cluster that holds both, each would change it back.
  const resources = {
    requests: { cpu: '50m', memory: '96Mi' },
    limits: { memory: '256Mi' },
  };
  return {
    global: { scheduler: { enabled: false }, actors: { enabled: false }, logAsJson: true },
    dapr_operator: { resources },
    dapr_sentry: { resources },
    dapr_sidecar_injector: { resources, sidecarDropALLCapabilities: true },
  };
}

/** The release's namespace: no pod in it may ask for more than the restricted level allows. */
function namespaceManifest(namespace: string): object {
  return {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: {
      name: namespace,
      labels: {
        'app.kubernetes.io/part-of': 'todo',
        'pod-security.kubernetes.io/enforce': 'restricted',
        'pod-security.kubernetes.io/warn': 'restricted',
      },
    },
  };
}

function podsOf(namespace: string): Command {
  return {
    argv: ['kubectl', 'get', 'pods', '--namespace', namespace, '--output', 'wide'],
    timeoutSeconds: 30,
  };
}

function eventsOf(namespace: string): Command {
  return {
    argv: ['kubectl', 'get', 'events', '--namespace', namespace, '--sort-by', '.lastTimestamp'],
    timeoutSeconds: 30,
  };
}

function logsOf(namespace: string, name: string, container: string, kind = 'deploy'): Command {
  return {
    argv: [
      'kubectl',
      'logs',
      `${kind}/${name}`,
      '--namespace',
      namespace,
      '--container',
      container,
      '--tail',
      '20',
    ],
    timeoutSeconds: 30,
  };
}

function json(value: object): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

/** Several objects as one document stream; JSON is YAML. */
function yaml(objects: readonly object[]): string {
  return objects.map(json).join('---\n');
}

/** Options shared by the command lines that make a plan; `deploy.ts` explains each to its users. */
export interface PlanOptions {
  readonly env: Environment;
  readonly images: string;
  readonly namespace?: string | undefined;
  readonly publicUrl?: string | undefined;
  readonly withoutAudit?: boolean | undefined;
  readonly database?: 'in-cluster' | 'external' | undefined;
  readonly daprChart?: string | undefined;
  readonly withoutDapr?: boolean | undefined;
  readonly expose?: 'ClusterIP' | 'NodePort' | 'LoadBalancer' | undefined;
  readonly pullSecret?: readonly string[] | undefined;
  /** `chart=path` each. */
  readonly values?: readonly string[] | undefined;
  readonly timeout?: number | undefined;
  readonly lockWait?: number | undefined;
  readonly holder: string;
}

/**
 * Reads the files a plan needs and fills in the defaults.
 * @param root the repository's root
 * @throws Error with everything that is wrong with the options
 */
export function planFromOptions(options: PlanOptions, root: string): Plan {
  const problems: string[] = [];
  const read = (path: string) => readFileSync(resolve(root, path), 'utf8');
  const namespace = options.namespace ?? 'todo';
  if (!/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(namespace)) {
    problems.push(`--namespace ${namespace}: small letters, digits and hyphens, at most 63`);
  }
  const publicUrl = options.publicUrl ?? (options.env === 'local' ? 'http://localhost:3000' : '');
  if (publicUrl === '') {
    problems.push('--public-url: required with --env=cloud, the address people type');
  } else if (!/^https?:\/\/[^/\s]+$/.test(publicUrl)) {
    problems.push(`--public-url ${publicUrl}: expected http(s)://host[:port] without a path`);
  }
  const values: Record<string, string[]> = {};
  for (const entry of options.values ?? []) {
    const [chart = '', path = ''] = entry.split('=', 2);
    if (!CHARTS.includes(chart) || path === '') {
      problems.push(`--values ${entry}: expected CHART=FILE, CHART one of ${CHARTS.join(', ')}`);
    } else {
      (values[chart] ??= []).push(resolve(root, path));
    }
  }
  let images: Images | undefined;
  try {
    images = parseImages(options.images, read);
  } catch (error) {
    problems.push(`--images: ${(error as Error).message}`);
  }
  if (problems.length > 0 || images === undefined) throw new Error(problems.join('\n'));
  return releasePlan({
    environment: options.env,
    namespace,
    images,
    publicUrl,
    audit: options.withoutAudit !== true,
    database: options.database ?? (options.env === 'local' ? 'in-cluster' : 'external'),
    dapr: {
      install: options.withoutDapr !== true,
      chart: options.daprChart ?? DAPR_REPOSITORY,
      version: DAPR_VERSION,
      namespace: 'dapr-system',
    },
    ...(options.expose === undefined ? {} : { expose: options.expose }),
    imagePullSecrets: options.pullSecret ?? [],
    values,
    timeoutSeconds: options.timeout ?? 180,
    lockWaitSeconds: options.lockWait ?? 600,
    holder: options.holder,
    files: Object.fromEntries(manifestPaths(options.env).map((path) => [path, read(path)])),
  });
}

const HELP = `usage: node deploy/src/plan/plan.ts --env=local|cloud --images=PREFIX:TAG|FILE.json [options]

Prints the release plan as JSON: see the comments on Plan in this file for how to run it.

  --namespace NAME  --public-url URL  --without-audit  --database in-cluster|external
  --dapr-chart FOLDER|URL  --without-dapr  --expose ClusterIP|NodePort|LoadBalancer
  --pull-secret NAME …  --values CHART=FILE …  --timeout SECONDS  --lock-wait SECONDS  --holder TEXT
`;

function main(): void {
  const { values } = parseArgs({
    options: {
      help: { type: 'boolean' },
      json: { type: 'boolean' },
      env: { type: 'string' },
      images: { type: 'string' },
      namespace: { type: 'string' },
      'public-url': { type: 'string' },
      'without-audit': { type: 'boolean' },
      database: { type: 'string' },
      'dapr-chart': { type: 'string' },
      'without-dapr': { type: 'boolean' },
      expose: { type: 'string' },
      'pull-secret': { type: 'string', multiple: true },
      values: { type: 'string', multiple: true },
      timeout: { type: 'string' },
      'lock-wait': { type: 'string' },
      holder: { type: 'string' },
    },
  });
  if (values.help === true) {
    process.stdout.write(HELP);
    return;
  }
  const env = oneOf('--env', values.env, ['local', 'cloud'] as const);
  const database = oneOf('--database', values.database, ['in-cluster', 'external'] as const);
  const expose = oneOf('--expose', values.expose, [
    'ClusterIP',
    'NodePort',
    'LoadBalancer',
  ] as const);
  if (env === undefined || values.images === undefined) {
    throw new Error('--env and --images are required; --help says more');
  }
  const plan = planFromOptions(
    {
      env,
      images: values.images,
      namespace: values.namespace,
      publicUrl: values['public-url'],
      withoutAudit: values['without-audit'],
      database,
      daprChart: values['dapr-chart'],
      withoutDapr: values['without-dapr'],
      expose,
      pullSecret: values['pull-secret'],
      values: values.values,
      timeout: seconds('--timeout', values.timeout),
      lockWait: seconds('--lock-wait', values['lock-wait']),
      holder: values.holder ?? 'plan',
    },
    resolve(import.meta.dirname, '../../..'),
  );
  process.stdout.write(json(plan));
}

/** @throws Error when the text is none of the choices; undefined stays undefined. */
export function oneOf<T extends string>(
  option: string,
  text: string | undefined,
  choices: readonly T[],
): T | undefined {
  if (text === undefined) return undefined;
  const choice = choices.find((one) => one === text);
  if (choice === undefined) throw new Error(`${option} ${text}: one of ${choices.join(', ')}`);
  return choice;
}

/** @throws Error when the text is no whole number of seconds above 0; undefined stays undefined. */
export function seconds(option: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1) {
    throw new Error(`${option} ${text}: expected a whole number of seconds, at least 1`);
  }
  return number;
}

if (import.meta.main) {
  try {
    main();
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n`);
    process.exitCode = 78;
  }
}
