// Looks at everything the other functions need, in one call: each is asked beside the others, and none stops another.
import { dag } from '@dagger.io/dagger';
import type { Directory } from '@dagger.io/dagger';
import { InvalidArguments } from './arguments.ts';
import { clusterContainer, clusterLogin } from './deploy-program.ts';
import type { ClusterArguments } from './deploy-program.ts';
import { explain, PipelineFailure } from './failure.ts';
import { engineFinding, machineFindings, renderFindings } from './findings.ts';
import type { Finding } from './findings.ts';
import type { MachineFacts } from './machine-facts.ts';
import { chooseImages } from './images.ts';
import { openRegistry } from './open-registry.ts';
import { checkPublishSecrets, registryTarget } from './publish-arguments.ts';
import type { RegistryArguments } from './publish-arguments.ts';
import { proveLogin } from './registry-login.ts';
import { runId } from './run-id.ts';
import { checkSecrets } from './secrets.ts';
import { NODE } from './versions.ts';

/** Its clock is compared with ours where no registry is named. */
const CLOCK = 'https://registry-1.docker.io/v2/';

/**
 * Says what is ready and what is not.
 * @param registry left out: no login is tried
 * @param cluster without a kubeconfig none is asked
 * @throws PipelineFailure with the same text when something fails
 */
export async function doctor(options: {
  readonly source: Directory;
  readonly registry: RegistryArguments | undefined;
  readonly cluster: ClusterArguments;
}): Promise<string> {
  const run = runId();
  const findings = (
    await Promise.all([
      finding('engine', () => engine(options.source)),
      finding('machine', () => machine(options.source, run)),
      finding('privileged containers', () => privileged(run)),
      finding('registry', () => registry(options.source, options.registry, run)),
      finding('cluster', () => cluster(options.source, options.cluster, run)),
    ])
  ).flat();
  const text = renderFindings(findings);
  if (findings.some(({ state }) => state === 'fail'))
    throw new PipelineFailure(`doctor: some checks failed\n\n${text}`);
  return text;
}

/** A question that fails is a finding. */
async function finding(what: string, ask: () => Promise<Finding | Finding[]>): Promise<Finding[]> {
  try {
    return [await ask()].flat();
  } catch (error) {
    const lines =
      error instanceof InvalidArguments ? error.problems : explain(what, error).message.split('\n');
    const [found = '', ...next] = lines;
    return [
      {
        ...{ state: 'fail', what, found: found.replace(/^doctor failed: /, '') },
        ...(next.length === 0 ? {} : { next: next.join(' ') }),
      },
    ];
  }
}

async function engine(source: Directory): Promise<Finding> {
  const { engineVersion } = JSON.parse(await source.file('dagger.json').contents()) as {
    engineVersion: string;
  };
  return engineFinding(await dag.version(), engineVersion);
}

async function machine(source: Directory, run: string): Promise<Finding[]> {
  const program = '/in/machine-facts.ts';
  const said = await dag
    .container()
    .from(NODE)
    .withFile(program, source.file('ci/src/machine-facts.ts'))
    .withEnvVariable('CALL', `${run}-machine`)
    .withExec(['node', program, CLOCK])
    .stdout();
  return machineFindings(JSON.parse(said) as MachineFacts);
}

async function privileged(run: string): Promise<Finding> {
  await dag
    .container()
    .from(NODE)
    .withEnvVariable('CALL', `${run}-privileged`)
    .withExec(['true'], { insecureRootCapabilities: true })
    .sync();
  return { state: 'ok', what: 'privileged containers', found: 'test-integration can start k3s' };
}

async function registry(
  source: Directory,
  given: RegistryArguments | undefined,
  run: string,
): Promise<Finding> {
  if (given === undefined)
    return { state: 'skip', what: 'registry', found: 'give --registry and what publish takes' };
  const target = registryTarget(given, true);
  (await checkPublishSecrets(given))();
  const opened = await openRegistry(target, given.token, run);
  const repositories = chooseImages([]).map(({ name }) => `${target.repository}/${name}`);
  const granted = await proveLogin('doctor', opened, source, repositories);
  const found = `${target.username} may push to ${target.repository}`;
  if (granted) return { state: 'ok', what: 'registry', found };
  return {
    ...{ state: 'warn', what: 'registry', found: `no clear answer from ${target.host}` },
    next: 'check the address, and that the engine can reach it; publish shows whether the login is right',
  };
}

async function cluster(source: Directory, given: ClusterArguments, run: string): Promise<Finding> {
  if (given.kubeconfig === undefined)
    return { state: 'skip', what: 'cluster', found: 'give --kubeconfig' };
  (await checkSecrets({ '--kubeconfig': given.kubeconfig }))();
  const login = await clusterLogin(given);
  const said = await clusterContainer(source, given, login)
    .withEnvVariable('CALL', `${run}-cluster`)
    .withExec([
      ...['kubectl', 'version', '--output=json', '--request-timeout=15s'],
      ...(given.context === undefined ? [] : ['--context', given.context]),
    ])
    .stdout();
  const { serverVersion } = JSON.parse(said) as { serverVersion?: { gitVersion?: string } };
  return {
    ...{ state: 'ok', what: 'cluster' },
    found: `answers, Kubernetes ${serverVersion?.gitVersion ?? 'of an unknown version'}`,
  };
}
