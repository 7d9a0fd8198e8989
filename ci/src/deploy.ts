// A release, a way back: deploy/'s own programs in a container with pinned helm and kubectl. What `npm run deploy` runs on a
// machine runs here, once and whole, so what was proved is what ships.
import { Directory, File, Secret } from '@dagger.io/dagger';
import { checkAll, InvalidArguments, refuse } from './arguments.ts';
import { clusterContainer, clusterLogin, runProgram, withImages } from './deploy-program.ts';
import type { ClusterArguments, Login, Program, SystemSecrets } from './deploy-program.ts';
import { PipelineFailure } from './failure.ts';
import { runId } from './run-id.ts';
import { CHARTS, parseImageList } from './reference.ts';
import type { PublishedImage } from './reference.ts';
import { planFailure, renderReport } from './report.ts';
import type { PlanReport } from './report.ts';
import { checkDatabaseLogins, checkTls, SECRET_NAME } from './plan-arguments.ts';
import type { PlanArguments } from './plan-arguments.ts';
import { checkSecrets } from './secrets.ts';
import { checkVerification, verifyImages } from './verify-images.ts';
import type { VerifyArguments } from './verify-images.ts';

/** Everything a deploy takes. */
export interface DeployOptions {
  readonly source: Directory;
  readonly cluster: ClusterArguments;
  readonly secrets: SystemSecrets;
  readonly plan: PlanArguments;
  /** What publish gave. */
  readonly images: File | undefined;
  readonly dryRun: boolean;
  /** What images must be signed with; undefined: they are not asked. */
  readonly verify?: VerifyArguments | undefined;
}

/**
 * Brings an environment to a set of images and says how it went.
 * @throws InvalidArguments before anything is touched; PipelineFailure with the failed step, its output and the pods'.
 */
export async function deploy(options: DeployOptions): Promise<string> {
  const { images, login } = checkAll('deploy', {
    ...(await deployChecks(options)),
    images: await checkImages(options.images),
    verify: await checkVerification(options.verify),
  });
  const run = runId();
  if (options.verify?.key !== undefined)
    await verifyImages(images, { ...options.verify, key: options.verify.key }, run);
  const container = withImages(clusterContainer(options.source, options.cluster, login), images);
  const program: Program = {
    ...{ what: 'deploy', run, secrets: options.secrets, context: options.cluster.context },
    argv: deployCommand(options.plan, run),
  };
  if (options.dryRun) return (await runProgram(container, { ...program, dryRun: true })).output;
  return reportOf((await runProgram(container, program)).report, {
    what: 'deploy',
    title: `deploy to ${options.plan.env}, namespace ${options.plan.releaseNamespace ?? 'todo'}`,
    facts: Object.fromEntries(images.map(({ name, reference }) => [name, reference])),
  });
}

/** The secrets of a deploy by the names of their arguments, read once: names each one that cannot be read. */
async function checkDeploySecrets(
  options: Pick<DeployOptions, 'cluster' | 'secrets'>,
): Promise<() => void> {
  const { kubeconfig, ociConfig, ociKey, oidcRequestUrl, oidcRequestToken } = options.cluster;
  const ofSystem = Object.fromEntries(
    Object.entries<Secret | undefined>({ ...options.secrets }).map(([name, secret]) => [
      `--${name.toLowerCase().replaceAll('_', '-')}`,
      secret,
    ]),
  );
  return await checkSecrets({
    '--kubeconfig': kubeconfig,
    '--oci-config': ociConfig,
    '--oci-key': ociKey,
    '--oidc-request-url': oidcRequestUrl,
    '--oidc-request-token': oidcRequestToken,
    ...ofSystem,
  });
}

/** The checks of {@link deploy} that can be made before there are images. A dry run needs no cluster. */
export async function deployChecks(
  options: Pick<DeployOptions, 'cluster' | 'plan' | 'dryRun' | 'secrets'>,
) {
  const { env, publicUrl, releaseNamespace, pullSecret } = options.plan;
  return {
    kubeconfig: () => {
      if (!options.dryRun) needed(options.cluster.kubeconfig, KUBECONFIG_MISSING);
    },
    publicUrl: () => {
      if (env === 'cloud') needed(publicUrl, PUBLIC_URL_MISSING);
      if (publicUrl !== undefined && !isAddress(publicUrl))
        refuse(`--public-url: expected http(s)://host[:port] without a path, got "${publicUrl}"`);
    },
    tls: () => {
      checkTls(options.plan);
    },
    databaseLogins: () => {
      checkDatabaseLogins(options.plan.databaseLogins);
    },
    releaseNamespace: () => {
      checkNamespace(releaseNamespace);
    },
    pullSecret: () => {
      const wrong = (pullSecret ?? []).filter((name) => !SECRET_NAME.test(name));
      if (wrong.length > 0)
        refuse(...wrong.map((name) => `--pull-secret: "${name}" is not a valid name of a Secret`));
    },
    secrets: await checkDeploySecrets(options),
    login: await checkLogin(options.cluster),
  };
}

/** As deploy's own program takes it: empty is none, for an environment that needs none. */
function isAddress(text: string): boolean {
  return text === '' || (/^https?:\/\/[^/\s?#@]+$/.test(text) && URL.canParse(text));
}

/** Reads the list of images. @returns a check that gives them, or throws InvalidArguments with what is wrong with each */
async function checkImages(file: File | undefined): Promise<() => PublishedImage[]> {
  if (file === undefined) return () => refuse(IMAGES_MISSING);
  const text = await file.contents().catch(() => undefined);
  return () =>
    text === undefined
      ? refuse("--images: the file can't be read; give what publish wrote: --images=images.json")
      : parseImageList(text);
}

/** Looks at the kubeconfig, where it can be read. @returns a check that says how it logs in, or what is wrong with it */
async function checkLogin(cluster: ClusterArguments): Promise<() => Login | undefined> {
  const text = await cluster.kubeconfig?.plaintext().catch(() => '');
  // one that is missing, empty or can't be read has a check of its own
  if (text === undefined || text.trim() === '') return () => undefined;
  try {
    const login = await clusterLogin(cluster);
    return () => login;
  } catch (error) {
    return () => {
      throw error;
    };
  }
}
const IMAGES_MISSING =
  '--images is missing: the file that publish writes: dagger call -o images.json publish …';
const KUBECONFIG_MISSING =
  '--kubeconfig is missing: a kubeconfig as a secret, such as --kubeconfig=file://$HOME/.kube/config';
const PUBLIC_URL_MISSING =
  '--public-url is missing: the public address of the app, such as https://todo.example';

/** A namespace is an RFC 1123 label. */
function checkNamespace(name = 'todo'): void {
  if (!/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(name))
    refuse(
      `--release-namespace: "${name}" is not a valid namespace: expected at most 63 lower-case letters, digits and hyphens, no hyphen at either end`,
    );
}

function checkCharts(names: readonly string[]): void {
  const known: readonly string[] = CHARTS;
  const unknown = names.filter((name) => !known.includes(name));
  if (unknown.length > 0)
    refuse(...unknown.map((name) => `--chart: there is no chart "${name}": ${known.join(', ')}`));
}

function needed<T>(value: T | undefined, problem: string): T {
  if (value === undefined || value === '')
    throw new InvalidArguments('deploy', [problem], 'See ci/README.md, "deploy".');
  return value;
}

/**
 * The command line of a deploy, from the repository's root.
 * @param holder who deploys, as others read it who wait for the lock
 */
export function deployCommand(options: PlanArguments, holder: string): string[] {
  const flag = (name: string, value: string | undefined) =>
    value === undefined || value === '' ? [] : [name, value];
  return [
    ...[
      'node',
      'deploy/src/commands/deploy.ts',
      '--env',
      options.env,
      '--images',
      '/run/images.json',
    ],
    ...['--holder', `dagger ${holder}`],
    ...flag('--namespace', options.releaseNamespace),
    ...flag('--public-url', options.publicUrl),
    ...flag('--tls', options.tls),
    ...flag('--cluster-issuer', options.clusterIssuer),
    ...flag('--database-logins', options.databaseLogins),
    ...(options.withoutAudit === true ? ['--without-audit'] : []),
    ...flag('--database', options.database),
    ...flag('--expose', options.expose),
    ...(options.pullSecret ?? []).flatMap((name) => ['--pull-secret', name]),
    ...Object.entries(options.values ?? {}).flatMap(([chart, path]) => [
      '--values',
      `${chart}=${path}`,
    ]),
  ];
}

/** The command line that makes ready what a deploy of these options needs beside its services; there need be no images yet. */
export function prepareCommand(options: PlanArguments, holder: string): string[] {
  return [
    ...['node', 'deploy/src/commands/prepare-cluster.ts', '--env', options.env],
    ...['--holder', `dagger ${holder}`, '--namespace', options.releaseNamespace ?? 'todo'],
    ...(options.database === undefined ? [] : ['--database', options.database]),
  ];
}

/**
 * Goes back to what ran before, under the lock that deploys take.
 * @param options `charts`: only these; all if none is named.
 * @throws InvalidArguments naming what is wrong; PipelineFailure with the failed step and the pods'.
 */
export async function rollback(options: {
  readonly source: Directory;
  readonly cluster: ClusterArguments;
  readonly releaseNamespace: string;
  readonly charts: readonly string[];
}): Promise<string> {
  const { login } = checkAll('rollback', {
    kubeconfig: () => needed(options.cluster.kubeconfig, KUBECONFIG_MISSING),
    releaseNamespace: () => {
      checkNamespace(options.releaseNamespace);
    },
    charts: () => {
      checkCharts(options.charts);
    },
    secrets: await checkDeploySecrets({ cluster: options.cluster, secrets: {} }),
    login: await checkLogin(options.cluster),
  });
  const run = runId();
  const { report } = await runProgram(clusterContainer(options.source, options.cluster, login), {
    ...{ what: 'rollback', run, secrets: {}, context: options.cluster.context },
    argv: [
      ...['node', 'deploy/src/commands/rollback.ts', '--holder', `dagger ${run}`],
      ...['--namespace', options.releaseNamespace],
      ...(options.charts.length === 0 ? [] : ['--chart', ...options.charts]),
    ],
  });
  return reportOf(report, {
    what: 'rollback',
    title: `rollback, namespace ${options.releaseNamespace}`,
    facts: {},
    notes: report.steps.at(-1)?.output.split('\n') ?? [],
  });
}

/** How a plan went, as text; thrown when it failed. */
function reportOf(
  result: PlanReport,
  about: {
    readonly what: string;
    readonly title: string;
    readonly facts: Readonly<Record<string, string>>;
    readonly notes?: readonly string[];
  },
): string {
  const failure = planFailure(result);
  const { title, facts } = about;
  const section = { title: 'steps', ms: result.ms, steps: result.steps, notes: about.notes ?? [] };
  const report = renderReport({
    title,
    facts,
    sections: [failure === undefined ? section : { ...section, notes: [], failure }],
  });
  if (failure === undefined) return report;
  const step = result.steps.at(-1)?.title ?? 'the first step';
  throw new PipelineFailure(`${about.what} failed at "${step}"\n\n${report}`);
}
