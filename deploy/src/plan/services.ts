// The parts a release is made of, in the order in which they are deployed.

/** One service as the plan deploys it. */
export interface Service {
  readonly chart: string;
  readonly image: ImageName;
  /** Whether its pods have a Dapr sidecar. */
  readonly dapr: boolean;
}

/** The images of one build, by the name they are published under. */
export type ImageName =
  'backend' | 'notification' | 'recurring' | 'audit' | 'pubsub-postgresql' | 'web';

/** In the order they are deployed: who is called comes before who calls. */
export const SERVICES: readonly Service[] = [
  { chart: 'todo-backend', image: 'backend', dapr: true },
  { chart: 'notification-service', image: 'notification', dapr: true },
  { chart: 'recurring-service', image: 'recurring', dapr: true },
  { chart: 'audit-service', image: 'audit', dapr: true },
  { chart: 'todo-frontend', image: 'web', dapr: false },
];

/** All charts of the system, in the order they are deployed. */
export const CHARTS: readonly string[] = SERVICES.map((service) => service.chart);

/** All images of a release: the services' and the pub/sub component's. */
export const IMAGE_NAMES: readonly ImageName[] = [
  'backend',
  'notification',
  'recurring',
  'audit',
  'pubsub-postgresql',
  'web',
];

/** Services that subscribe to topics: each has a file of subscriptions in dapr/. */
export const SUBSCRIBERS: readonly string[] = SERVICES.filter(({ dapr }) => dapr).map(
  ({ chart }) => chart,
);

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
export const DAPR_VERSION = '1.18.0';
export const DAPR_REPOSITORY = 'https://dapr.github.io/helm-charts';
