// The plan of a release: which commands, in which order, bring one environment to a set of images. A pure function makes it,
// so it can be read, compared with a golden copy and tested.
import {
  collect,
  diagnose,
  drift,
  eventsOf,
  json,
  kubectlApply,
  lockOf,
  logsOf,
  podsOf,
  program,
  step,
  TAKE_BACK,
  yaml,
} from './commands.ts';
import { chartValues, daprManifests, daprValues, namespaceManifest } from './contents.ts';
import type { Plan, Step } from './plan.ts';
import type { ReleaseInput } from './release-input.ts';
import { CHARTS, SECRETS, SERVICES } from './services.ts';
import { statefulSteps } from './stateful.ts';
import type { Service } from './services.ts';

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
  const inNamespace = ['--namespace', namespace];
  const helmArguments = (service: Service) => [
    ...inNamespace,
    '--values',
    `charts/${service.chart}/values-${environment}.yaml`,
    ...(input.values[service.chart] ?? []).flatMap((path) => ['--values', path]),
    '--values',
    '-',
  ];

  const preflight: Step[] = [
    step('helm', 'Helm is installed', program('check-helm')),
    step('cluster', 'The cluster answers and allows a deploy', [
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
        { stdin: chartValues(input, service) },
      ),
    ),
    step(
      'check-secrets',
      'Every secret is given or already in the cluster',
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
  ];
  const preparation: Step[] = [
    step(
      'recover',
      'Recover releases that an earlier deploy left incomplete',
      [...program('recover'), ...inNamespace, '--timeout', String(input.timeoutSeconds), ...CHARTS],
      { timeoutSeconds: input.timeoutSeconds * 2 },
    ),
    step('record', 'Record the current versions', [
      ...program('record'),
      ...inNamespace,
      ...CHARTS,
    ]),
    {
      id: 'drift',
      title: 'Manual changes since the last deploy',
      ...drift(namespace, CHARTS, '--hand-over'),
      showOnFailure: [],
    },
  ];
  const changes: Step[] = [
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
      'Dapr injects a sidecar into new pods',
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
      'prepare-database',
      "A database login for each part, and Dapr's state tables",
      [
        ...program('prepare-database'),
        ...inNamespace,
        '--image',
        input.images.backend,
        '--timeout',
        String(input.timeoutSeconds),
        '--logins',
        input.databaseLogins,
        ...input.imagePullSecrets.flatMap((name) => ['--pull-secret', name]),
      ],
      // secrets: it makes some, which have to be hidden from here on
      { secrets: [], timeoutSeconds: input.timeoutSeconds + 60 },
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
          ...TAKE_BACK,
          '--wait',
          '--timeout',
          `${input.timeoutSeconds}s`,
          '--history-max',
          '5',
        ],
        {
          stdin: chartValues(input, service),
          timeoutSeconds: input.timeoutSeconds + 30,
        },
      ),
    ),
    ...(input.audit
      ? []
      : [
          step(
            'without-audit',
            'Remove audit-service',
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
      'One event from end to end',
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
    preflight,
    lock: lockOf(input),
    preparation,
    changes,
    drift: drift(namespace, CHARTS),
    diagnosis: [
      diagnose(namespace),
      ...(input.failureFolder === undefined ? [] : [collect(namespace, input.failureFolder)]),
    ],
    rollBack: {
      argv: [
        ...program('roll-back'),
        ...inNamespace,
        '--timeout',
        String(input.timeoutSeconds),
        ...CHARTS,
      ],
      timeoutSeconds: input.timeoutSeconds * CHARTS.length + 60,
    },
  };
}
