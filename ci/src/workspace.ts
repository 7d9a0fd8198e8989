// The repository inside a container with Node: where checks, tests and the release plan run.
import { CacheSharingMode, dag, Container, Directory } from '@dagger.io/dagger';
import { MANIFESTS } from './images.ts';
import { HELM, KUBECTL, NODE } from './versions.ts';

/** Where the repository is mounted. */
export const REPOSITORY = '/src';

/**
 * Node with the workspaces' dependencies installed; the sources come after, so that a change of code installs nothing.
 * Runs as user `node`: PostgreSQL, which the tests start, refuses root.
 * @param workspaces folders whose dependencies are wanted; all if none is named.
 * @param include the sources to add; everything if not given.
 */
export function repositoryContainer(
  source: Directory,
  workspaces: readonly string[] = [],
  include?: readonly string[],
): Container {
  const install = [
    'npm',
    'ci',
    '--no-progress',
    ...workspaces.flatMap((workspace) => ['--workspace', workspace]),
  ];
  return dag
    .container()
    .from(NODE)
    .withMountedCache('/home/node/.npm', dag.cacheVolume('todo-npm-user'), {
      owner: 'node:node',
      sharing: CacheSharingMode.Locked,
    })
    .withWorkdir(REPOSITORY)
    .withDirectory(REPOSITORY, source.filter({ include: [...MANIFESTS] }), { owner: 'node:node' })
    .withExec(['chown', 'node:node', REPOSITORY])
    .withUser('node')
    .withExec(install)
    .withDirectory(
      REPOSITORY,
      include === undefined ? source : source.filter({ include: [...include] }),
      {
        owner: 'node:node',
      },
    )
    .withEnvVariable('CI', 'true');
}

/** helm and kubectl beside what is in a container, at the pinned versions. */
export function withClusterTools(container: Container): Container {
  return container
    .withFile('/usr/local/bin/helm', dag.container().from(HELM).file('/usr/bin/helm'))
    .withFile('/usr/local/bin/kubectl', dag.container().from(KUBECTL).file('/bin/kubectl'));
}
