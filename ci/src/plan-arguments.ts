// The choices of a release as deploy/'s own program takes them, and what is wrong with them before anything runs.
import { refuse } from './arguments.ts';

/** Choices of a release, as `npm run deploy -- --help` explains them. */
export interface PlanArguments {
  readonly env: 'local' | 'cloud';
  readonly releaseNamespace?: string | undefined;
  readonly publicUrl?: string | undefined;
  /** `ingress` or `load-balancer`. */
  readonly tls?: string | undefined;
  readonly clusterIssuer?: string | undefined;
  /** `per-part` or `one`. */
  readonly databaseLogins?: string | undefined;
  readonly withoutAudit?: boolean | undefined;
  readonly database?: 'in-cluster' | 'external' | undefined;
  readonly expose?: 'ClusterIP' | 'NodePort' | 'LoadBalancer' | undefined;
  readonly pullSecret?: readonly string[] | undefined;
  /** More values for a chart: a file in the container, by the chart's name. */
  readonly values?: Readonly<Record<string, string>> | undefined;
}

/** A Kubernetes name: an RFC 1123 subdomain. */
export const SECRET_NAME =
  /^(?=.{1,253}$)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/;

/** As deploy's own program takes it. @throws InvalidArguments */
export function checkTls({ tls, clusterIssuer, publicUrl = '' }: PlanArguments): void {
  const problems: string[] = [];
  if (tls !== undefined && !['ingress', 'load-balancer'].includes(tls))
    problems.push(`--tls: expected ingress or load-balancer, got "${tls}"`);
  else if (tls !== undefined && !/^https:\/\/[^:/]+$/.test(publicUrl))
    problems.push(`--tls=${tls} needs --public-url=https://host without a port`);
  if (clusterIssuer !== undefined && tls === undefined)
    problems.push('--cluster-issuer needs --tls=ingress or --tls=load-balancer');
  if (clusterIssuer !== undefined && !SECRET_NAME.test(clusterIssuer))
    problems.push(`--cluster-issuer: "${clusterIssuer}" is not a valid name of a ClusterIssuer`);
  if (problems.length > 0) refuse(...problems);
}

/** @throws InvalidArguments */
export function checkDatabaseLogins(how = 'per-part'): void {
  if (!['per-part', 'one'].includes(how))
    refuse(`--database-logins: expected per-part or one, got "${how}"`);
}
