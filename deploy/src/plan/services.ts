// What a release is made of, read from the list of parts.
import { SYSTEM } from '../system.ts';

/** One service as the plan deploys it. */
export interface Service {
  readonly chart: string;
  readonly image: ImageName;
  /** Whether its pods have a Dapr sidecar. */
  readonly dapr: boolean;
}

/** The images of one build, by the name they are published under: the parts' names. */
export type ImageName = (typeof SYSTEM)[number]['name'];

/** In the order they are deployed: who is called comes before who calls. */
export const SERVICES: readonly Service[] = SYSTEM.flatMap((part) =>
  part.chart === null ? [] : [{ chart: part.chart, image: part.name, dapr: part.appId !== null }],
);

/** All charts of the system, in the order they are deployed. */
export const CHARTS: readonly string[] = SERVICES.map((service) => service.chart);

/** All images of a release: the services' and the pub/sub component's. */
export const IMAGE_NAMES: readonly ImageName[] = SYSTEM.map((part) => part.name);

/** Services that subscribe to topics: each has a file of subscriptions in dapr/. */
export const SUBSCRIBERS: readonly string[] = SERVICES.filter(({ dapr }) => dapr).map(
  ({ chart }) => chart,
);

/** Secrets a deploy can be given. A secret that is not given keeps its value in the cluster. */
export const SECRETS: readonly string[] = [
  'DATABASE_URL',
  'DATABASE_DIRECT_URL',
  'BETTER_AUTH_SECRET',
  'APP_API_TOKEN',
  'DAPR_API_TOKEN',
  'SMTP_URL',
  'VAPID_PRIVATE_KEY',
  'CHAT_API_KEY',
  'OIDC_PROVIDERS',
];

/** Dapr's version that charts and manifests were proved with. */
export const DAPR_VERSION = '1.18.2';
export const DAPR_REPOSITORY = 'https://dapr.github.io/helm-charts';
