// One variant of a proof: its release, deployed by deploy/'s own program, and the event-flow suite against it.
import { dag, Container, Directory, ReturnType } from '@dagger.io/dagger';
import { deployCommand, prepareCommand } from './deploy.ts';
import type { PlanArguments } from './plan-arguments.ts';
import { runProgram, withImages } from './deploy-program.ts';
import { errorText, explain } from './failure.ts';
import type { PublishedImage } from './reference.ts';
import { planFailure } from './report.ts';
import type { Section } from './report.ts';

/** The two pub/sub components a release is proved with, and the environment that uses each. */
export const VARIANTS = {
  kafka: { environment: 'local', title: 'pubsub.kafka on Redpanda' },
  postgresql: { environment: 'cloud', title: 'pubsub.postgresql' },
} as const;
export type VariantName = keyof typeof VARIANTS;

/** Where the suite finds the web app: forwarded into its own container, so that the address is known before the deploy. */
const BASE_URL = 'http://localhost:3000';
/** How long the suite may take, in seconds. */
const SUITE_SECONDS = 1_500;
/** An account that the web app gives the operator's role, for what only operators may do. */
const OPERATOR = 'operator@example.com';
/** Values that only a proof needs, by chart: a file in the plan's container, and what is in it. */
const PROOF_VALUES = {
  'todo-frontend': {
    path: '/run/values/todo-frontend.json',
    values: { env: { OPERATOR_EMAILS: OPERATOR, OPERATOR_EMAILS_NEED_CONFIRMATION: 'false' } },
  },
} as const;
/** Lines of the suite's output, and of the cluster's events, that a report shows. */
const SHOWN_LINES = 80;
const SHOWN_EVENTS = 30;

/** The release of a variant, but for its images. */
function variantPlan(variant: VariantName): PlanArguments {
  return {
    env: VARIANTS[variant].environment,
    releaseNamespace: `todo-${variant}`,
    publicUrl: BASE_URL,
    database: 'in-cluster',
    expose: 'ClusterIP',
    values: Object.fromEntries(
      Object.entries(PROOF_VALUES).map(([chart, { path }]) => [chart, path]),
    ),
  };
}

/** A plan's container with the values that only a proof needs. */
export function withProofValues(container: Container): Container {
  return Object.values(PROOF_VALUES).reduce(
    (prepared, { path, values }) => prepared.withNewFile(path, JSON.stringify(values)),
    container,
  );
}

/** Namespace, Dapr, broker and database of a variant. What fails here, the variant's deploy tries again, and reports. */
export async function prepareVariant(
  variant: VariantName,
  run: string,
  container: Container,
): Promise<void> {
  const call = `${run}-${variant}-surroundings`;
  const argv = prepareCommand(variantPlan(variant), call);
  await runProgram(container, { what: 'prepare', run: call, secrets: {}, argv }).catch(
    () => undefined,
  );
}

/** Deploys and tests a variant; a failure is an outcome. */
export async function proveVariant(options: {
  readonly variant: VariantName;
  readonly run: string;
  readonly container: Container;
  readonly tools: Container;
  readonly loaded: readonly PublishedImage[];
}): Promise<{ variant: VariantName; section: Section; files: Directory }> {
  const { variant, run, tools } = options;
  const namespace = `todo-${variant}`;
  const call = `${run}-${variant}`;
  const title = VARIANTS[variant].title;
  const begun = performance.now();
  const outcome = (section: Omit<Section, 'title' | 'ms'>, files: Directory) => ({
    ...{ variant, files },
    section: { title, ms: performance.now() - begun, ...section },
  });
  try {
    const {
      report: result,
      failure: atFailure,
      output: deployOutput,
    } = await runProgram(withImages(options.container, options.loaded), {
      ...{ what: `deploy ${title}`, run: call, secrets: {} },
      argv: deployCommand(variantPlan(variant), call),
    });
    const failure = planFailure(result);
    if (failure !== undefined) {
      return outcome(
        { steps: result.steps, notes: [], failure },
        atFailure.withNewFile('deploy.txt', deployOutput),
      );
    }
    const started = performance.now();
    const suite = await tools
      .withEnvVariable('CALL', `${call}-suite`)
      .withEnvVariable('NO_COLOR', '1')
      .withEnvVariable('E2E_BASE_URL', BASE_URL)
      .withEnvVariable('E2E_HOOKS', 'e2e/targets/kubernetes.ts')
      .withEnvVariable('E2E_NAMESPACE', namespace)
      .withEnvVariable('E2E_OPERATOR_EMAIL', OPERATOR)
      .withExec(
        [
          'timeout',
          '--kill-after=10s',
          `${String(SUITE_SECONDS)}s`,
          'bash',
          '-c',
          SUITE,
          'suite',
          namespace,
        ],
        {
          expect: ReturnType.Any,
        },
      )
      .sync();
    const ok = (await suite.exitCode()) === 0;
    const output = await suite.combinedOutput();
    const results = suite.directory('/tmp/results');
    const state = ok ? undefined : await stateOf(tools, namespace, call);
    const files = state === undefined ? results : results.withDirectory('.', state);
    return outcome(
      {
        steps: [
          ...result.steps,
          { title: 'the event-flow suite', ms: performance.now() - started, ok },
        ],
        notes: output
          .split('\n')
          .filter((line) => /\bp50\b|healthy again after/.test(line))
          .map((line) => line.trim()),
        ...(state === undefined ? {} : { failure: await suiteFailure(output, state) }),
      },
      files.withNewFile('suite.txt', output),
    );
  } catch (error) {
    return outcome(
      { steps: [], notes: [], failure: errorText(explain(title, error)) },
      await stateOf(tools, namespace, call),
    );
  }
}

/** Why the suite failed, for the report: its own words, then what the cluster says of the pods. */
async function suiteFailure(output: string, state: Directory): Promise<string> {
  const read = async (name: string) =>
    await state
      .file(name)
      .contents()
      .catch(() => '');
  const last = (text: string, count: number) => text.trimEnd().split('\n').slice(-count).join('\n');
  return [
    `Failed at: the event-flow suite\n${last(output, SHOWN_LINES)}`,
    `--- pods\n${last(await read('diagnosis.txt'), SHOWN_LINES)}`,
    `--- events\n${last(await read('events.txt'), SHOWN_EVENTS)}`,
  ].join('\n\n');
}

/** Forwards the web app's port, for as long as the suite runs and whatever it kills, and runs the suite. */
const SUITE = `mkdir -p /tmp/results
(while true; do kubectl --namespace "$1" port-forward service/todo-frontend 3000:80; sleep 0.3; done) > /tmp/results/forward.log 2>&1 &
node -e '
const end = Date.now() + 60_000;
for (;;) {
  const answer = await fetch("${BASE_URL}/readyz").catch((error) => ({ ok: false, status: error.message }));
  if (answer.ok) break;
  if (Date.now() > end) { console.error("waited 60 s for ${BASE_URL}/readyz: " + answer.status); process.exit(1); }
  await new Promise((wake) => setTimeout(wake, 250));
}' --input-type=module || exit 1
npx vitest run --project e2e --reporter=default --reporter=junit --outputFile.junit=/tmp/results/junit.xml`;

/** What a namespace looks like when the suite failed in it, without any Secret's value. */
async function stateOf(tools: Container, namespace: string, call: string): Promise<Directory> {
  const collect = ['deploy/src/steps/collect.ts', '--namespace', namespace, '--into', '/tmp/state'];
  return await tools
    .withEnvVariable('CALL', `${call}-state`)
    .withExec(['timeout', '180s', 'node', ...collect], { expect: ReturnType.Any })
    .directory('/tmp/state')
    .sync()
    .catch(() => dag.directory().withNewFile('state.txt', 'the cluster did not answer any more\n'));
}
