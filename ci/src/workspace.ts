// The repository inside a container with Node: where checks, tests and the release plan run.
import { dag, Container, Directory } from '@dagger.io/dagger';
import { MANIFESTS } from './images.ts';
import { explain } from './failure.ts';
import { ACTIONLINT, DAPRD, HELM, KUBECTL, NODE, ZIZMOR } from './versions.ts';

/** Where the repository is mounted. */
export const REPOSITORY = '/src';
const NPM_CACHE = '/home/node/.npm';

/**
 * Node with the workspaces' dependencies installed; the sources come after, so that a change of code installs nothing.
 * Runs as user `node`: PostgreSQL, which the tests start, refuses root.
 * @param workspaces folders whose dependencies are wanted; all if none is named.
 * @param include the sources to add; everything if not given.
 * @param packages Debian packages to install first.
 */
export function repositoryContainer(
  source: Directory,
  workspaces: readonly string[] = [],
  include?: readonly string[],
  packages: readonly string[] = [],
): Container {
  const install = [
    'npm',
    'ci',
    '--no-progress',
    ...workspaces.flatMap((workspace) => ['--workspace', workspace]),
  ];
  const node = dag.container().from(NODE);
  const apt =
    'apt-get update && apt-get install --yes --no-install-recommends "$@" && rm -rf /var/lib/apt/lists/*';
  const base = packages.length === 0 ? node : node.withExec(['sh', '-c', apt, 'apt', ...packages]);
  return (
    base
      .withMountedCache(NPM_CACHE, dag.cacheVolume('todo-npm-user'), { owner: 'node:node' })
      .withWorkdir(REPOSITORY)
      .withDirectory(REPOSITORY, source.filter({ include: [...MANIFESTS] }), { owner: 'node:node' })
      .withExec(['chown', 'node:node', REPOSITORY])
      .withUser('node')
      .withExec(install)
      // else every later command here, and a service for as long as it runs, would hold on to the volume
      .withoutMount(NPM_CACHE)
      .withEnvVariable('npm_config_cache', '/tmp/npm')
      .withDirectory(
        REPOSITORY,
        include === undefined ? source : source.filter({ include: [...include] }),
        {
          owner: 'node:node',
        },
      )
      .withEnvVariable('CI', 'true')
  );
}

/**
 * The repository with what all its tests need: Chromium for the browser's, Java and Maven for a real Kafka broker,
 * PgBouncer, and the sidecar's program, so that none is skipped or built.
 */
export function testContainer(source: Directory): Container {
  const packages = ['chromium', 'default-jdk-headless', 'maven', 'pgbouncer', 'procps'];
  return withClusterTools(repositoryContainer(source, [], undefined, packages))
    .withFile('/usr/local/bin/daprd', dag.container().from(DAPRD).file('/daprd'))
    .withEnvVariable('DAPRD', '/usr/local/bin/daprd');
}

/** helm and kubectl beside what is in a container, at the pinned versions. */
export function withClusterTools(container: Container): Container {
  return container
    .withFile('/usr/local/bin/helm', dag.container().from(HELM).file('/usr/bin/helm'))
    .withFile('/usr/local/bin/kubectl', dag.container().from(KUBECTL).file('/bin/kubectl'));
}

/**
 * What an npm command prints.
 * @throws PipelineFailure with the command and its output
 */
export async function npmOutput(container: Container, args: string[]): Promise<string> {
  try {
    return await container.withExec(['npm', ...args]).stdout();
  } catch (error) {
    throw explain(`npm ${args.join(' ')}`, error, null);
  }
}

/**
 * Lints the GitHub workflows.
 * @throws PipelineFailure with what the linter found.
 */
export async function lintWorkflows(source: Directory): Promise<void> {
  const workflows = source.filter({ include: ['.github/**'] });
  for (const [name, image, args] of [
    ['actionlint', ACTIONLINT, ['-color']],
    ['zizmor', ZIZMOR, ['--offline', '--no-progress', '.github']],
  ] as const) {
    try {
      await dag
        .container()
        .from(image)
        .withUser('0')
        // actionlint looks for the repository's root
        .withDirectory(REPOSITORY, workflows.withNewDirectory('.git'))
        .withWorkdir(REPOSITORY)
        .withExec([...args], { useEntrypoint: true })
        .sync();
    } catch (error) {
      throw explain(name, error);
    }
  }
}
