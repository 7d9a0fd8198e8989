// The release plan in a container with pinned helm and kubectl. The steps are deploy/'s own: what `npm run deploy` runs on
// a machine runs here, so what was proved is what ships.
import { dag, Container, Directory, File, ReturnType, Secret, Service } from '@dagger.io/dagger';
import { checkAll, InvalidArguments } from './arguments.ts';
import { checkCharts } from './charts.ts';
import { explain, PipelineFailure } from './failure.ts';
import { checkKubeconfig, GITHUB_OIDC_PROGRAM } from './kubeconfig.ts';
import type { ClusterLogin, LoginMaterial } from './kubeconfig.ts';
import { maskSecrets } from './masking.ts';
import type { Mask } from './masking.ts';
import { runId } from './publish.ts';
import { formatImageList, parseImageList } from './reference.ts';
import type { PublishedImage } from './reference.ts';
import { parsePlan, renderPlan, runPlan } from './release-plan.ts';
import type { CommandResult, PlanCommand, PlanResult, ReleasePlan } from './release-plan.ts';
import { planFailure, renderReport } from './report.ts';
import { KUBECTL, NODE, OCI_CLI } from './versions.ts';
import { REPOSITORY, repositoryContainer, withClusterTools } from './workspace.ts';

/** What the plan reads: its own programs, the charts and the Dapr manifests. */
const PLAN_SOURCES = ['deploy/**', 'charts/**', 'dapr/**', 'package.json', 'tsconfig.base.json'];
const SECRETS = '/run/secrets';
const IMAGE_LIST = '/run/images.json';

/** Secrets of the system, by the variable the plan knows them under. What is not given keeps its value in the cluster. */
export interface SystemSecrets {
  readonly DATABASE_URL?: Secret | undefined;
  readonly DATABASE_DIRECT_URL?: Secret | undefined;
  readonly BETTER_AUTH_SECRET?: Secret | undefined;
  readonly APP_API_TOKEN?: Secret | undefined;
  readonly DAPR_API_TOKEN?: Secret | undefined;
  readonly SMTP_URL?: Secret | undefined;
  readonly VAPID_PRIVATE_KEY?: Secret | undefined;
  readonly CHAT_API_KEY?: Secret | undefined;
}

/** How the cluster is reached, as the functions take it. */
export interface ClusterArguments {
  readonly kubeconfig?: Secret | undefined;
  readonly context?: string | undefined;
  readonly ociConfig?: Secret | undefined;
  readonly ociKey?: Secret | undefined;
  readonly oidcRequestUrl?: Secret | undefined;
  readonly oidcRequestToken?: Secret | undefined;
}

/** Choices of a release that the plan takes, as `node deploy/src/plan/plan.ts --help` names them. */
export interface PlanArguments {
  readonly env: 'local' | 'cloud';
  readonly releaseNamespace?: string | undefined;
  readonly publicUrl?: string | undefined;
  readonly withoutAudit?: boolean | undefined;
  readonly database?: 'in-cluster' | 'external' | undefined;
  readonly expose?: 'ClusterIP' | 'NodePort' | 'LoadBalancer' | undefined;
  readonly pullSecret?: readonly string[] | undefined;
  readonly timeoutSeconds?: number | undefined;
  /** More values for a chart: a file in the container, by the chart's name. */
  readonly values?: Readonly<Record<string, string>> | undefined;
}

/** A container in which plans are made and run against one cluster. */
export interface PlanContainer {
  readonly container: Container;
  readonly run: string;
}

/** Everything a deploy takes. */
export interface DeployOptions {
  readonly source: Directory;
  readonly cluster: ClusterArguments;
  readonly secrets: SystemSecrets;
  readonly plan: PlanArguments;
  /** What publish gave. */
  readonly images: File | undefined;
  readonly dryRun: boolean;
}

/**
 * Brings an environment to a set of images and says how it went.
 * @throws InvalidArguments before anything is touched; PipelineFailure with the failed step, its output and the pods'.
 */
export async function deploy(options: DeployOptions): Promise<string> {
  const given = checkAll('deploy', {
    ...deployChecks(options),
    images: () => needed(options.images, IMAGES_MISSING),
  });
  const images = parseImageList(await given.images.contents());
  const login = given.kubeconfig === undefined ? 'static' : await clusterLogin(options.cluster);
  const { container, run } = planContainer(options.source, options.cluster, login);
  const plan = await makePlan(container, options.plan, images, run);
  if (options.dryRun) return renderPlan(plan);
  const result = await runInContainer(plan, container, options.secrets, run);
  return reportOf(result, {
    what: 'deploy',
    title: `deploy to ${plan.environment}, namespace ${plan.namespace}`,
    facts: Object.fromEntries(images.map(({ name, reference }) => [name, reference])),
    mask: await maskSecrets([
      ...Object.values<Secret | undefined>({ ...options.secrets }),
      options.cluster.kubeconfig,
    ]),
  });
}

/** The checks of {@link deploy} that can be made before there are images. A dry run needs no cluster. */
export function deployChecks(options: Pick<DeployOptions, 'cluster' | 'plan' | 'dryRun'>) {
  return {
    kubeconfig: () =>
      options.dryRun
        ? options.cluster.kubeconfig
        : needed(options.cluster.kubeconfig, KUBECONFIG_MISSING),
    publicUrl: () =>
      options.plan.env === 'cloud'
        ? needed(options.plan.publicUrl, PUBLIC_URL_MISSING)
        : options.plan.publicUrl,
  };
}
const IMAGES_MISSING =
  '--images is missing: what publish gave, as a file: dagger call -o images.json publish …';
const KUBECONFIG_MISSING =
  '--kubeconfig is missing: a kubeconfig as a secret, such as --kubeconfig=file://$HOME/.kube/config';
const PUBLIC_URL_MISSING =
  '--public-url is missing: the address people type, such as https://todo.example';

function needed<T>(value: T | undefined, problem: string): T {
  if (value === undefined || value === '')
    throw new InvalidArguments('deploy', [problem], 'See ci/README.md, "deploy".');
  return value;
}

/**
 * Goes back to what ran before, under the lock that deploys take.
 * @param options `charts`: only these; all if none is named.
 * @throws InvalidArguments naming each chart that does not exist; PipelineFailure with the failed step and the pods'.
 */
export async function rollback(options: {
  readonly source: Directory;
  readonly cluster: ClusterArguments;
  readonly releaseNamespace: string;
  readonly charts: readonly string[];
}): Promise<string> {
  checkAll('rollback', {
    charts: () => {
      checkCharts(options.charts);
    },
    kubeconfig: () => needed(options.cluster.kubeconfig, KUBECONFIG_MISSING),
  });
  const login = await clusterLogin(options.cluster);
  const { container, run } = planContainer(options.source, options.cluster, login);
  const plan = await readPlan('make the rollback plan', container, [
    ...[
      'node',
      'deploy/src/commands/rollback.ts',
      '--dry-run',
      '--json',
      '--holder',
      `dagger ${run}`,
    ],
    ...['--namespace', options.releaseNamespace],
    ...(options.charts.length === 0 ? [] : ['--chart', ...options.charts]),
  ]);
  const result = await runInContainer(plan, container, {}, run);
  return reportOf(result, {
    what: 'rollback',
    title: `rollback, namespace ${plan.namespace}`,
    facts: {},
    notes: result.steps.at(-1)?.output.split('\n') ?? [],
    mask: await maskSecrets([options.cluster.kubeconfig]),
  });
}

/** A plan's result as text; thrown when it failed. */
function reportOf(
  result: PlanResult,
  about: {
    readonly what: string;
    readonly title: string;
    readonly facts: Readonly<Record<string, string>>;
    readonly notes?: readonly string[];
    readonly mask: Mask;
  },
): string {
  const failure = planFailure(result);
  const { title, facts, mask } = about;
  const section = { title: 'steps', steps: result.steps, notes: about.notes ?? [] };
  const report = mask(
    renderReport({
      title,
      facts,
      sections: [failure === undefined ? section : { ...section, notes: [], failure }],
    }),
  );
  if (failure === undefined) return report;
  const step = result.steps.at(-1)?.title ?? 'the first step';
  throw new PipelineFailure(`${about.what} failed at "${step}"\n\n${report}`);
}

/**
 * Looks at the kubeconfig without its secrets and says how it logs in.
 * @throws InvalidArguments with everything that would make it fail or wait in a container.
 */
export async function clusterLogin(cluster: ClusterArguments): Promise<ClusterLogin> {
  const kubeconfig = needed(cluster.kubeconfig, KUBECONFIG_MISSING);
  const material: LoginMaterial = {
    ociConfig: cluster.ociConfig !== undefined,
    ociKey: cluster.ociKey !== undefined,
    oidcRequest: cluster.oidcRequestUrl !== undefined && cluster.oidcRequestToken !== undefined,
  };
  const view = await dag
    .container()
    .from(NODE)
    .withFile('/usr/local/bin/kubectl', dag.container().from(KUBECTL).file('/bin/kubectl'))
    .withMountedSecret(`${SECRETS}/kubeconfig`, kubeconfig)
    .withEnvVariable('KUBECONFIG', `${SECRETS}/kubeconfig`)
    .withEnvVariable('CALL', runId())
    .withExec(['kubectl', 'config', 'view', '--output=json'])
    .stdout()
    .catch((error: unknown) => {
      throw explain('read the kubeconfig', error);
    });
  return checkKubeconfig(view, material, cluster.context);
}

/** Node, helm and kubectl, the repository's plan, and the way into the cluster. */
export function planContainer(
  source: Directory,
  cluster: ClusterArguments,
  login: ClusterLogin,
  service?: Service,
): PlanContainer {
  const repository = repositoryContainer(source, ['deploy'], PLAN_SOURCES);
  let container = withClusterTools(
    login === 'oci'
      ? dag
          .container()
          .from(OCI_CLI)
          .withUser('0')
          .withoutEntrypoint()
          .withFile('/usr/local/bin/node', dag.container().from(NODE).file('/usr/local/bin/node'))
          .withDirectory(REPOSITORY, repository.directory(REPOSITORY))
          .withWorkdir(REPOSITORY)
      : repository.withUser('0'),
  ).withMountedTemp('/tmp');
  if (cluster.kubeconfig !== undefined) {
    container = container
      .withMountedSecret(`${SECRETS}/kubeconfig`, cluster.kubeconfig)
      .withEnvVariable('KUBECONFIG', `${SECRETS}/kubeconfig`);
  }
  if (cluster.context !== undefined)
    container = container.withEnvVariable('HELM_KUBECONTEXT', cluster.context);
  if (login === 'oci' && cluster.ociConfig !== undefined && cluster.ociKey !== undefined) {
    container = container
      .withMountedSecret('/root/.oci/config', cluster.ociConfig)
      .withMountedSecret('/root/.oci/key.pem', cluster.ociKey)
      .withEnvVariable('OCI_CLI_KEY_FILE', '/root/.oci/key.pem')
      .withEnvVariable('OCI_CLI_SUPPRESS_FILE_PERMISSIONS_WARNING', 'True');
  }
  if (
    login === 'github-oidc' &&
    cluster.oidcRequestUrl !== undefined &&
    cluster.oidcRequestToken !== undefined
  ) {
    container = container
      .withNewFile('/usr/local/bin/github-oidc', GITHUB_OIDC_PROGRAM, { permissions: 0o755 })
      .withSecretVariable('ACTIONS_ID_TOKEN_REQUEST_URL', cluster.oidcRequestUrl)
      .withSecretVariable('ACTIONS_ID_TOKEN_REQUEST_TOKEN', cluster.oidcRequestToken);
  }
  if (service !== undefined) container = container.withServiceBinding('k3s', service);
  return { container, run: runId() };
}

/** Makes the plan with deploy/'s own program. */
export async function makePlan(
  container: Container,
  options: PlanArguments,
  images: readonly Pick<PublishedImage, 'name' | 'reference'>[],
  holder: string,
): Promise<ReleasePlan> {
  const flag = (name: string, value: string | undefined) =>
    value === undefined || value === '' ? [] : [name, value];
  const argv = [
    'node',
    'deploy/src/plan/plan.ts',
    '--json',
    '--env',
    options.env,
    '--images',
    IMAGE_LIST,
    '--holder',
    `dagger ${holder}`,
    ...flag('--namespace', options.releaseNamespace),
    ...flag('--public-url', options.publicUrl),
    ...(options.withoutAudit === true ? ['--without-audit'] : []),
    ...flag('--database', options.database),
    ...flag('--expose', options.expose),
    ...(options.pullSecret ?? []).flatMap((name) => ['--pull-secret', name]),
    ...Object.entries(options.values ?? {}).flatMap(([chart, path]) => [
      '--values',
      `${chart}=${path}`,
    ]),
    ...flag(
      '--timeout',
      options.timeoutSeconds === undefined ? undefined : String(options.timeoutSeconds),
    ),
  ];
  return await readPlan(
    'make the release plan',
    container.withNewFile(IMAGE_LIST, formatImageList(images)),
    argv,
  );
}

/** Runs one of deploy/'s programs that prints a plan. */
async function readPlan(what: string, container: Container, argv: string[]): Promise<ReleasePlan> {
  try {
    return parsePlan(await container.withExec(argv).stdout());
  } catch (error) {
    throw explain(what, error);
  }
}

/**
 * Runs a plan, one container run a command.
 * @param beforeRollBack is called when a step failed, while what failed is still there.
 */
export async function runInContainer(
  plan: ReleasePlan,
  container: Container,
  secrets: SystemSecrets,
  run: string,
  beforeRollBack?: () => Promise<void>,
): Promise<PlanResult> {
  let position = 0;
  return await runPlan(
    plan,
    (command) => runCommand(container, command, secrets, `${run}-${String(++position)}`),
    beforeRollBack,
  );
}

/**
 * Runs one command with its secrets as files and its time limit.
 * @param call part of the cache key: a command of a release is never answered from a cache.
 */
async function runCommand(
  container: Container,
  command: PlanCommand,
  secrets: SystemSecrets,
  call: string,
): Promise<CommandResult> {
  let prepared = container.withEnvVariable('CALL', call);
  for (const name of command.secrets ?? []) {
    const secret = secrets[name as keyof SystemSecrets];
    if (secret === undefined) continue;
    prepared = prepared
      .withMountedSecret(`${SECRETS}/${name}`, secret)
      .withEnvVariable(`${name}_FILE`, `${SECRETS}/${name}`);
  }
  const started = performance.now();
  const done = await prepared
    .withExec(
      ['timeout', '--kill-after=10s', `${String(command.timeoutSeconds)}s`, ...command.argv],
      {
        expect: ReturnType.Any,
        ...(command.stdin === undefined ? {} : { stdin: command.stdin }),
      },
    )
    .sync();
  const ms = performance.now() - started;
  return {
    exitCode: await done.exitCode(),
    stdout: await done.stdout(),
    stderr: await done.stderr(),
    ms,
  };
}
