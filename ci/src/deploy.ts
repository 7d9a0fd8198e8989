// The release plan in a container with pinned helm and kubectl. The steps are deploy/'s own: what `npm run deploy` runs on
// a machine runs here, so what was proved is what ships.
import { dag, Container, Directory, File, ReturnType, Secret, Service } from '@dagger.io/dagger';
import { InvalidArguments } from './arguments.ts';
import { explain, PipelineFailure } from './failure.ts';
import { checkKubeconfig, GITHUB_OIDC_PROGRAM } from './kubeconfig.ts';
import type { ClusterLogin, LoginMaterial } from './kubeconfig.ts';
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

/** Choices of a release that the plan takes, as `node deploy/src/plan.ts --help` names them. */
export interface PlanArguments {
  readonly env: 'local' | 'cloud';
  readonly releaseNamespace?: string | undefined;
  readonly publicUrl?: string | undefined;
  readonly withoutAudit?: boolean | undefined;
  readonly database?: 'in-cluster' | 'external' | undefined;
  readonly expose?: 'ClusterIP' | 'NodePort' | 'LoadBalancer' | undefined;
  readonly pullSecret?: readonly string[] | undefined;
  readonly timeoutSeconds?: number | undefined;
}

/** A container in which plans are made and run against one cluster. */
export interface PlanContainer {
  readonly container: Container;
  readonly run: string;
}

/**
 * Brings an environment to a set of images and says how it went.
 * @throws InvalidArguments before anything is touched; PipelineFailure with the failed step, its output and the pods'.
 */
export async function deploy(options: {
  readonly source: Directory;
  readonly cluster: ClusterArguments;
  readonly secrets: SystemSecrets;
  readonly plan: PlanArguments;
  /** Works the images out once the cluster's login is known to be right. */
  readonly images: () => Promise<readonly PublishedImage[]>;
  readonly dryRun: boolean;
}): Promise<string> {
  if (options.plan.env === 'cloud' && !options.plan.publicUrl) {
    throw new InvalidArguments(
      'deploy',
      ['--public-url is missing: the address people type, such as https://todo.example'],
      'See ci/README.md, "deploy".',
    );
  }
  const login =
    options.dryRun && options.cluster.kubeconfig === undefined
      ? 'static'
      : await clusterLogin(options.cluster);
  const images = await options.images();
  const { container, run } = planContainer(options.source, options.cluster, login);
  const plan = await makePlan(container, options.plan, images, run);
  if (options.dryRun) return renderPlan(plan);
  const result = await runInContainer(plan, container, options.secrets, run);
  const failure = planFailure(result);
  const report = renderReport({
    title: `deploy to ${plan.environment}, namespace ${plan.namespace}`,
    facts: Object.fromEntries(images.map(({ name, reference }) => [name, reference])),
    sections: [
      {
        title: 'release',
        steps: result.steps,
        notes: [],
        ...(failure === undefined ? {} : { failure }),
      },
    ],
  });
  if (failure !== undefined) {
    throw new PipelineFailure(
      `deploy failed at "${result.steps.at(-1)?.title ?? 'the first step'}"\n\n${report}`,
    );
  }
  return report;
}

/**
 * Runs `npm run deploy`'s roll-back for a namespace: every chart to the revision before.
 * @param revision the Helm revision; the one before if not given.
 */
export async function rollback(options: {
  readonly source: Directory;
  readonly cluster: ClusterArguments;
  readonly releaseNamespace: string;
  readonly charts: readonly string[];
}): Promise<string> {
  const login = await clusterLogin(options.cluster);
  const { container, run } = planContainer(options.source, options.cluster, login);
  const lines: string[] = [];
  for (const [position, chart] of options.charts.entries()) {
    const step: PlanCommand = {
      argv: [
        'helm',
        'rollback',
        chart,
        '--namespace',
        options.releaseNamespace,
        '--wait',
        '--timeout',
        '180s',
      ],
      timeoutSeconds: 240,
    };
    const result = await runCommand(container, step, {}, `${run}-rollback-${String(position)}`);
    if (result.exitCode !== 0) {
      throw new PipelineFailure(
        [
          `rollback failed at ${chart}`,
          result.stdout.trimEnd(),
          result.stderr.trimEnd(),
          '',
          ...lines,
        ].join('\n'),
      );
    }
    lines.push(`${chart}: back to its last revision`);
  }
  return `${lines.join('\n')}\n`;
}

/**
 * Looks at the kubeconfig without its secrets and says how it logs in.
 * @throws InvalidArguments with everything that would make it fail or wait in a container.
 */
export async function clusterLogin(cluster: ClusterArguments): Promise<ClusterLogin> {
  const { kubeconfig } = cluster;
  if (kubeconfig === undefined) {
    throw new InvalidArguments(
      'deploy',
      [
        '--kubeconfig is missing: a kubeconfig as a secret, such as --kubeconfig=file:$HOME/.kube/config',
      ],
      'See ci/README.md, "deploy".',
    );
  }
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
    'deploy/src/plan.ts',
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
    ...flag(
      '--timeout',
      options.timeoutSeconds === undefined ? undefined : String(options.timeoutSeconds),
    ),
  ];
  try {
    return parsePlan(
      await container.withNewFile(IMAGE_LIST, formatImageList(images)).withExec(argv).stdout(),
    );
  } catch (error) {
    throw explain('make the release plan', error);
  }
}

/** Runs a plan, one container run a command. */
export async function runInContainer(
  plan: ReleasePlan,
  container: Container,
  secrets: SystemSecrets,
  run: string,
): Promise<PlanResult> {
  let position = 0;
  return await runPlan(plan, (command) =>
    runCommand(container, command, secrets, `${run}-${String(++position)}`),
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

/** Reads the image list a caller gave. */
export async function imagesFromFile(images: File): Promise<readonly PublishedImage[]> {
  return parseImageList(await images.contents());
}
