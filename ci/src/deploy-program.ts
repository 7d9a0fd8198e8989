// How deploy/'s programs run in a container: once, with the system's secrets as files, a report and the files of a failure to
// read back. They keep the lock, diagnose and roll back themselves, and hide secrets in all they write.
import { dag, Container, Directory, ReturnType, Secret, Service } from '@dagger.io/dagger';
import { InvalidArguments } from './arguments.ts';
import { explain, isCommandError, PipelineFailure } from './failure.ts';
import { addressesOf, checkKubeconfig, GITHUB_OIDC_PROGRAM, programPath } from './kubeconfig.ts';
import type { ClusterLogin, LoginMaterial } from './kubeconfig.ts';
import { runId } from './run-id.ts';
import { formatImageList } from './reference.ts';
import type { PublishedImage } from './reference.ts';
import { parsePlanReport } from './report.ts';
import type { PlanReport } from './report.ts';
import { KUBECTL, NODE, OCI_CLI } from './versions.ts';
import { REPOSITORY, repositoryContainer, withClusterTools } from './workspace.ts';

/** What a plan reads: deploy's own programs, the charts and the Dapr manifests. */
const PLAN_SOURCES = ['deploy/**', 'charts/**', 'dapr/**', 'package.json', 'tsconfig.base.json'];
const SECRETS = '/run/secrets';
const IMAGE_LIST = '/run/images.json';
/** Not under /tmp, which is gone when the command ends. */
const REPORT = '/out/report.json';
const FAILURE = '/out/failure';
/** deploy/'s exit code for wrong arguments (sysexits.h EX_CONFIG): nothing was done, and its output says what is wrong. */
const WRONG_ARGUMENTS = 78;
/** Arguments that have another name here than on deploy's command lines. */
const RENAMED: Readonly<Record<string, string>> = { '--namespace': '--release-namespace' };

/** Secrets of the system, by the variable a deploy knows them under. What is not given keeps its value in the cluster. */
export interface SystemSecrets {
  readonly DATABASE_URL?: Secret | undefined;
  readonly DATABASE_DIRECT_URL?: Secret | undefined;
  readonly BETTER_AUTH_SECRET?: Secret | undefined;
  readonly APP_API_TOKEN?: Secret | undefined;
  readonly DAPR_API_TOKEN?: Secret | undefined;
  readonly SMTP_URL?: Secret | undefined;
  readonly VAPID_PRIVATE_KEY?: Secret | undefined;
  readonly CHAT_API_KEY?: Secret | undefined;
  readonly OIDC_PROVIDERS?: Secret | undefined;
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

/** How a kubeconfig logs in. */
export interface Login {
  readonly kind: ClusterLogin;
  /** Where its login program is expected, when the kubeconfig names it by a path. */
  readonly path?: string | undefined;
}

/** One call of one of deploy/'s programs. */
export interface Program {
  /** `deploy`, for messages. */
  readonly what: string;
  /** Part of the cache key: a release is never answered from a cache. */
  readonly run: string;
  readonly argv: readonly string[];
  readonly secrets: SystemSecrets;
  readonly context?: string | undefined;
  readonly dryRun?: boolean;
}

/** How a program ended. */
export interface ProgramResult {
  readonly output: string;
  readonly report: PlanReport;
  /** Manifests, events, descriptions and logs, when a change failed; else empty. */
  readonly failure: Directory;
}

/**
 * Looks at the kubeconfig without its secrets and says how it logs in.
 * @throws InvalidArguments with everything that would make it fail or wait in a container.
 */
export async function clusterLogin(cluster: ClusterArguments): Promise<Login> {
  if (cluster.kubeconfig === undefined) throw new Error('checked before: --kubeconfig');
  const material: LoginMaterial = {
    ociConfig: cluster.ociConfig !== undefined,
    ociKey: cluster.ociKey !== undefined,
    oidcRequest: cluster.oidcRequestUrl !== undefined && cluster.oidcRequestToken !== undefined,
  };
  const view = await dag
    .container()
    .from(NODE)
    .withFile('/usr/local/bin/kubectl', dag.container().from(KUBECTL).file('/bin/kubectl'))
    .withMountedSecret(`${SECRETS}/kubeconfig`, cluster.kubeconfig)
    .withEnvVariable('KUBECONFIG', `${SECRETS}/kubeconfig`)
    .withEnvVariable('CALL', runId())
    .withExec(['kubectl', 'config', 'view', '--output=json'])
    .stdout()
    .catch((error: unknown) => {
      const reason = isCommandError(error) ? unquoted(error.stderr) : '';
      if (reason === '') throw explain('read the kubeconfig', error);
      throw new InvalidArguments(
        '--kubeconfig',
        [`--kubeconfig: kubectl can't read it: ${reason}`],
        '',
      );
    });
  const addresses = await addressesOf(view, cluster.context);
  return {
    kind: checkKubeconfig(view, material, cluster.context, addresses),
    path: programPath(view, cluster.context),
  };
}

/** What kubectl says of a file it can't read, without what it quotes from it. */
function unquoted(stderr: string): string {
  const line = stderr.trim().split('\n').at(-1) ?? '';
  return line
    .replace(/^error: /, '')
    .replace(` "${SECRETS}/kubeconfig"`, '')
    .replaceAll(/"[^"]*"|`[^`]*`|'[^']*'/g, '…');
}

/**
 * Node, helm and kubectl, deploy/ with what it reads, and the way into the cluster.
 * @param login none: there is no cluster, as in a dry run
 * @param service the cluster, where it is one of the engine's own
 * @param options `whole`: all of the repository with all dependencies, where something else installs them in any case
 */
export function clusterContainer(
  source: Directory,
  cluster: ClusterArguments,
  login?: Login,
  service?: Service,
  options: { readonly whole?: boolean } = {},
): Container {
  const repository =
    options.whole === true
      ? repositoryContainer(source)
      : repositoryContainer(source, ['deploy'], PLAN_SOURCES);
  let container = withClusterTools(
    login?.kind === 'oci'
      ? dag
          .container()
          .from(OCI_CLI)
          .withUser('0')
          .withoutEntrypoint()
          .withFile('/usr/local/bin/node', dag.container().from(NODE).file('/usr/local/bin/node'))
          .withDirectory(REPOSITORY, repository.directory(REPOSITORY))
          .withWorkdir(REPOSITORY)
      : repository.withUser('0'),
  )
    .withMountedTemp('/tmp')
    .withDirectory(FAILURE, dag.directory());
  if (cluster.kubeconfig !== undefined) {
    container = container
      .withMountedSecret(`${SECRETS}/kubeconfig`, cluster.kubeconfig)
      .withEnvVariable('KUBECONFIG', `${SECRETS}/kubeconfig`);
  }
  if (login?.kind === 'oci' && cluster.ociConfig !== undefined && cluster.ociKey !== undefined) {
    container = container
      .withMountedSecret('/root/.oci/config', cluster.ociConfig)
      .withMountedSecret('/root/.oci/key.pem', cluster.ociKey)
      .withEnvVariable('OCI_CLI_KEY_FILE', '/root/.oci/key.pem')
      .withEnvVariable('OCI_CLI_SUPPRESS_FILE_PERMISSIONS_WARNING', 'True');
    if (login.path !== undefined)
      // the kubeconfig calls the program by where it is on the caller's machine
      container = container.withNewFile(login.path, '#!/bin/sh\nexec oci "$@"\n', {
        permissions: 0o755,
      });
  }
  if (
    login?.kind === 'github-oidc' &&
    cluster.oidcRequestUrl !== undefined &&
    cluster.oidcRequestToken !== undefined
  ) {
    container = container
      .withNewFile(login.path ?? '/usr/local/bin/github-oidc', GITHUB_OIDC_PROGRAM, {
        permissions: 0o755,
      })
      .withSecretVariable('ACTIONS_ID_TOKEN_REQUEST_URL', cluster.oidcRequestUrl)
      .withSecretVariable('ACTIONS_ID_TOKEN_REQUEST_TOKEN', cluster.oidcRequestToken);
  }
  return service === undefined ? container : container.withServiceBinding('k3s', service);
}

/** The images as a file, where `--images` finds them. */
export function withImages(
  container: Container,
  images: readonly Pick<PublishedImage, 'name' | 'reference'>[],
): Container {
  return container.withNewFile(IMAGE_LIST, formatImageList(images));
}

/**
 * Runs a program to its end.
 * @returns how it went; a plan that failed is a result
 * @throws PipelineFailure when its arguments are wrong, or it ended without a report
 */
export async function runProgram(container: Container, program: Program): Promise<ProgramResult> {
  let prepared = container.withEnvVariable('CALL', program.run);
  for (const [name, secret] of Object.entries<Secret | undefined>({ ...program.secrets })) {
    if (secret === undefined) continue;
    prepared = prepared
      .withMountedSecret(`${SECRETS}/${name}`, secret)
      .withEnvVariable(`${name}_FILE`, `${SECRETS}/${name}`);
  }
  const dryRun = program.dryRun === true;
  const done = await prepared
    .withExec(
      [
        ...program.argv,
        ...(program.context === undefined ? [] : ['--context', program.context]),
        ...(dryRun ? ['--dry-run'] : ['--report', REPORT, '--failure-folder', FAILURE]),
      ],
      { expect: ReturnType.Any },
    )
    .sync();
  const exitCode = await done.exitCode();
  const output = await done.combinedOutput();
  if (exitCode === WRONG_ARGUMENTS) throw new PipelineFailure(asTyped(output));
  const failure = done.directory(FAILURE);
  if (dryRun) {
    if (exitCode !== 0) throw ended(program, exitCode, output);
    return { output, report: parsePlanReport(undefined), failure };
  }
  const text = await done
    .file(REPORT)
    .contents()
    .catch(() => {
      throw ended(program, exitCode, output);
    });
  return { output, report: parsePlanReport(text), failure };
}

/** What the program says of arguments, with their names as they are here. */
function asTyped(output: string): string {
  return Object.entries(RENAMED).reduce(
    (text, [there, here]) => text.replaceAll(new RegExp(`${there}(?![\\w-])`, 'g'), here),
    output.trim(),
  );
}

function ended(program: Program, exitCode: number, output: string): PipelineFailure {
  const lines = output.trimEnd().split('\n').slice(-40);
  return new PipelineFailure(
    [`${program.what} ended without a report, exit code ${exitCode}`, ...lines].join('\n'),
  );
}
