// What a release writes into the cluster: manifests of dapr/ and deploy/, values of the charts, Dapr's own values.
import { json } from './commands.ts';
import { splitImage } from './images.ts';
import type { Environment } from './plan.ts';
import type { ReleaseInput } from './release-input.ts';
import { SUBSCRIBERS } from './services.ts';
import type { Service } from './services.ts';
import { sidecarInputs } from './sidecar-inputs.ts';

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

/** All of dapr/ that this environment takes, with the namespace that callers' certificates name. */
export function daprManifests(input: ReleaseInput): string {
  return manifestPaths(input.environment)
    .filter((path) => path.startsWith('dapr/'))
    .map((path) =>
      path === 'dapr/configuration.yaml'
        ? file(input, path).replaceAll('namespace: todo', `namespace: ${input.namespace}`)
        : file(input, path),
    )
    .join('---\n');
}

/** @throws Error when a file of {@link manifestPaths} was not given */
export function file(input: ReleaseInput, path: string): string {
  const text = input.files[path];
  if (text === undefined)
    throw new Error(`${path}: its contents are missing from the plan's input`);
  return text;
}

/** What a chart can't know: images, addresses, what its sidecar reads, and what this release leaves out. */
export function chartValues(input: ReleaseInput, service: Service): string {
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
    ...(input.database === 'in-cluster' ? { networkPolicy: { databasePod: 'postgresql' } } : {}),
    ...(service.dapr
      ? {
          dapr: { namespace: input.dapr.namespace, ...sidecarValues(input, service) },
          pubsub: { image: splitImage(input.images['pubsub-postgresql']) },
        }
      : {}),
    ...(service.chart === 'todo-frontend' ? exposure(input) : {}),
  });
}

/** How the web app is reached from outside. Behind an ingress it needs no load balancer of its own. */
function exposure({ expose, tls, publicUrl }: ReleaseInput): object {
  const type = expose ?? (tls?.by === 'ingress' ? 'ClusterIP' : undefined);
  return {
    ...(type === undefined ? {} : { service: { type } }),
    ...(tls === undefined ? {} : { tls: { ...tls, host: new URL(publicUrl).hostname } }),
  };
}

/** A sidecar's part of Dapr's manifests, as the chart takes it. The app id is the chart's name. */
function sidecarValues(input: ReleaseInput, service: Service): object {
  const { checksum, secrets } = sidecarInputs(daprManifests(input), service.chart);
  return { manifestsChecksum: checksum, secrets };
}

/**
 * Dapr as this system needs it: no actors and no scheduler (nothing here uses them, and the scheduler
 * asks for three volumes), sidecars that the restricted Pod Security level accepts, and requests that fit
 * beside everything else on two cores.
 */
export function daprValues(): object {
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
export function namespaceManifest(namespace: string): object {
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
