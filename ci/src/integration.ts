// The proof before a release ships: real images on a real, throw-away cluster, by the same release plan, with both pub/sub
// components, and the event-flow suite against each.
import { dag, Container, Directory, ReturnType } from '@dagger.io/dagger';
import {
  clusterLog,
  emptyOldDisks,
  loadImage,
  startCluster,
  stopCluster,
  waitForCluster,
} from './cluster.ts';
import type { EphemeralCluster } from './cluster.ts';
import { clusterContainer } from './deploy-program.ts';
import { explain } from './failure.ts';
import { buildImage, chooseImages } from './images.ts';
import type { BuildInput } from './images.ts';
import { runId } from './run-id.ts';
import { keepResults } from './results.ts';
import type { ImageDefinition, PublishedImage } from './reference.ts';
import { duration, renderReport, sectionOk } from './report.ts';
import type { Section } from './report.ts';
import { criticalPath, timeline } from './timeline.ts';
import type { Span, Timeline } from './timeline.ts';
import { prepareVariant, proveVariant, withProofValues } from './variant-proof.ts';
import type { VariantName } from './variant-proof.ts';
import { withClusterTools, repositoryContainer } from './workspace.ts';

/** How a proof went. Its files are kept for `integration-results`. */
interface Proof {
  readonly ok: boolean;
  /** For people: versions, steps with durations, latencies, result, and on failure why. */
  readonly report: string;
}

/** What {@link prove} takes. */
interface ProofOptions extends BuildInput {
  readonly variants: readonly VariantName[];
  readonly version: string;
  /** Opens a terminal beside the cluster at the end; the cluster lives until it is left. */
  readonly keep: boolean;
  /** All variants at once, each in its namespace; else one after the other. */
  readonly sideBySide: boolean;
}

/**
 * Builds the images, starts a cluster, deploys and tests each variant, and stops the cluster. What needs no image is made ready
 * while images build: cluster, Dapr, broker, databases, the suite's container.
 * @throws PipelineFailure when there is nothing to report on: an image or the cluster itself failed.
 */
export async function prove(options: ProofOptions): Promise<Proof> {
  const run = runId();
  const time = timeline();
  // begun before the cluster, which they need only to be loaded into
  const built = new Map(
    chooseImages([]).map((image) => [
      image.name,
      time.measure(`image ${image.name}`, () => buildForCluster(options, image)),
    ]),
  );
  for (const image of built.values()) image.catch(() => undefined);
  const emptied = emptyOldDisks(run);
  const cluster = await time.measure('cluster', () => startCluster(run, options.version));
  try {
    const { container, loaded, tools } = await prepare({ ...options, run, time, built, cluster });
    const spans = time.spans();
    const facts = await versions(container, run);
    const one = (variant: VariantName) => proveVariant({ variant, run, container, tools, loaded });
    const outcomes = await (options.sideBySide
      ? Promise.all(options.variants.map(one))
      : inTurn(options.variants, one));
    if (options.keep) await tools.withDefaultTerminalCmd(['bash']).terminal().sync();
    const sections = [preparation(spans), ...outcomes.map(({ section }) => section)];
    const ok = sections.every((section) => sectionOk(section));
    const report = {
      title: `test-integration ${run}`,
      facts: { run, ...facts, ...imageFacts(loaded) },
      sections,
    };
    const text = renderReport(report);
    const files = outcomes.reduce(
      (directory, outcome) => directory.withDirectory(outcome.variant, outcome.files),
      dag
        .directory()
        .withNewFile('report.txt', text)
        .withNewFile('report.json', `${JSON.stringify({ ...report, timeline: spans }, null, 2)}\n`),
    );
    await keepResults(run, ok ? files : files.withNewFile('k3s.log', await clusterLog(run)));
    return {
      ok,
      report: `${text}\nFiles: dagger call integration-results --run=${run} export --path=results\n`,
    };
  } finally {
    await Promise.all([stopCluster(cluster), emptied]);
  }
}

/** Everything before the first variant: what waits for what is in the spans. */
async function prepare(options: {
  readonly source: Directory;
  readonly variants: readonly VariantName[];
  readonly run: string;
  readonly time: Timeline;
  readonly built: ReadonlyMap<string, Promise<Container>>;
  readonly cluster: EphemeralCluster;
}): Promise<{ container: Container; loaded: PublishedImage[]; tools: Container }> {
  const { source, run, time, cluster } = options;
  const container = withProofValues(
    clusterContainer(
      source,
      { kubeconfig: cluster.kubeconfig },
      { kind: 'static' },
      cluster.server,
      {
        // the suite's own install: one for both
        whole: true,
      },
    ),
  );
  const ready = time.measure('cluster ready', () => waitForCluster(container, run), ['cluster']);
  const surroundings = async () => {
    await ready;
    let before = 'cluster ready';
    // in turn: the first installs Dapr
    for (const variant of options.variants) {
      const title = `what ${variant} needs`;
      await time.measure(title, () => prepareVariant(variant, run, container), [before]);
      before = title;
    }
  };
  const [loaded, tools] = await Promise.all([
    Promise.all(
      [...options.built].map(async ([name, image]) => {
        const built = { name, container: await image };
        return await time.measure(`load ${name}`, () => loadImage(cluster, built, 'proof'), [
          `image ${name}`,
          'cluster',
        ]);
      }),
    ),
    // now, not in the time of the suite, or of what a failure needs
    time.measure('the suite, installed', () => suiteContainer(source, cluster).sync(), ['cluster']),
    surroundings(),
  ]);
  return { container, loaded, tools };
}

/** How long everything took until the first variant could begin, and what that had to wait for. */
function preparation(spans: readonly Span[]): Section {
  const path = criticalPath(spans).map(({ title, ms }) => `${title} ${duration(ms)}`);
  return {
    title: 'preparation',
    ms: Math.max(0, ...spans.map(({ from, ms }) => from + ms)),
    steps: spans,
    notes: path.length === 0 ? [] : [`waited for: ${path.join(', then ')}`],
  };
}

async function inTurn<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  for (const item of items) results.push(await work(item));
  return results;
}

async function buildForCluster(input: BuildInput, image: ImageDefinition): Promise<Container> {
  try {
    return await (await buildImage(input, image)).sync();
  } catch (error) {
    throw explain(`build ${image.name}`, error);
  }
}

/** The whole repository with its dependencies, helm and kubectl, bound to the cluster. */
function suiteContainer(source: Directory, cluster: EphemeralCluster): Container {
  return withClusterTools(repositoryContainer(source))
    .withMountedSecret('/run/secrets/kubeconfig', cluster.kubeconfig, { owner: 'node:node' })
    .withEnvVariable('KUBECONFIG', '/run/secrets/kubeconfig')
    .withServiceBinding('k3s', cluster.server);
}

async function versions(container: Container, run: string): Promise<Record<string, string>> {
  const read = async (argv: string[]) =>
    (
      await container
        .withEnvVariable('CALL', `${run}-versions`)
        .withExec(argv, { expect: ReturnType.Any })
        .stdout()
    ).trim();
  const kubernetes = JSON.parse((await read(['kubectl', 'version', '--output=json'])) || '{}') as {
    serverVersion?: { gitVersion?: string };
  };
  return {
    kubernetes: kubernetes.serverVersion?.gitVersion ?? 'unknown',
    helm: await read(['helm', 'version', '--short']),
    node: await read(['node', '--version']),
  };
}

function imageFacts(images: readonly PublishedImage[]): Record<string, string> {
  return Object.fromEntries(images.map(({ name, digest }) => [name, digest.slice(0, 19)]));
}
