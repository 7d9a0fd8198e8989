// Everything a release depends on: the same input gives the same plan.
import type { Images } from './images.ts';
import type { Environment } from './plan.ts';

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
  /** `per-part`: each part logs in with its own, as far as the given login may make others. */
  readonly databaseLogins: 'per-part' | 'one';
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
  /** What ends TLS before the web app, and cert-manager's ClusterIssuer; without it, something that the charts don't know. */
  readonly tls?: { readonly by: 'ingress' | 'load-balancer'; readonly clusterIssuer: string };
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
  /** Where a failed deploy leaves what the cluster said: pods, events, logs. An absolute path; none: nothing is kept. */
  readonly failureFolder?: string;
  /** Contents of the repository's files that become standard input, by path. See `manifestPaths`. */
  readonly files: Readonly<Record<string, string>>;
}
