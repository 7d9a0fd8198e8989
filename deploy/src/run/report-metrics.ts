// How long a run of the pipeline and each of its steps took, as metrics: Prometheus' text format, from the reports that
// `deploy --report` and `dagger call test-integration` write. A run is over before anybody could scrape it, so the text goes to a
// Pushgateway: https://github.com/prometheus/pushgateway
import { z } from 'zod';

/** A report of a deploy; format 1 of report.ts. */
const deployReport = z.object({
  format: z.literal(1),
  environment: z.string(),
  namespace: z.string(),
  ok: z.boolean(),
  startedAt: z.iso.datetime(),
  ms: z.number(),
  failedRenewals: z.number(),
  steps: z.array(z.object({ id: z.string(), phase: z.string(), ms: z.number(), ok: z.boolean() })),
});

/** A report of an integration test: ci/src/report.ts, with its timeline. */
const integrationReport = z.object({
  title: z.string().regex(/^test-integration /),
  sections: z.array(
    z.object({
      title: z.string(),
      steps: z.array(z.object({ title: z.string(), ms: z.number(), ok: z.boolean() })),
      ms: z.number().optional(),
      failure: z.string().optional(),
    }),
  ),
});

/** A run in numbers. */
interface Run {
  /** What tells kinds of run apart; the newest run of each kind is kept. */
  readonly group: Readonly<Record<string, string>>;
  readonly ok: boolean;
  readonly seconds: number;
  /** When it began, UTC; undefined: the report does not say. */
  readonly startedAt: string | undefined;
  readonly failedRenewals: number | undefined;
  readonly steps: readonly { phase: string; step: string; seconds: number; ok: boolean }[];
}

/** What is pushed: the Pushgateway's grouping key, and the text. */
export interface Push {
  readonly group: Readonly<Record<string, string>>;
  readonly text: string;
}

/**
 * The metrics of a report.
 * @param report parsed JSON
 * @throws Error when it is none of ours
 */
export function metricsOfReport(report: unknown): Push {
  const run = runOf(report);
  const lines = [
    ...metric('todo_pipeline_success', '1: the newest run passed', [[{}, run.ok ? 1 : 0]]),
    ...metric('todo_pipeline_duration_seconds', 'From the beginning of the newest run to its end', [
      [{}, run.seconds],
    ]),
    ...metric(
      'todo_pipeline_started_timestamp_seconds',
      'When the newest run began, Unix time',
      run.startedAt === undefined ? [] : [[{}, Date.parse(run.startedAt) / 1_000]],
    ),
    ...metric(
      'todo_pipeline_lock_renewals_failed',
      'Renewals of the lock that failed and were tried again',
      run.failedRenewals === undefined ? [] : [[{}, run.failedRenewals]],
    ),
    ...metric(
      'todo_pipeline_step_duration_seconds',
      'How long a step of the newest run took',
      run.steps.map(({ phase, step, seconds }) => [{ phase, step }, seconds]),
    ),
    ...metric(
      'todo_pipeline_step_success',
      '1: the step passed',
      run.steps.map(({ phase, step, ok }) => [{ phase, step }, ok ? 1 : 0]),
    ),
  ];
  return { group: run.group, text: `${lines.join('\n')}\n` };
}

/** Where a push goes: `/metrics/job/<job>/<label>/<value>…`, values in base64, which may hold anything. */
export function pushPath(group: Readonly<Record<string, string>>): string {
  const labels = Object.entries({ job: 'todo-pipeline', ...group });
  const encoded = labels.map(
    ([name, value]) => `${name}@base64/${Buffer.from(value).toString('base64url') || '='}`,
  );
  return `/metrics/${encoded.join('/')}`;
}

function runOf(report: unknown): Run {
  const deploy = deployReport.safeParse(report);
  if (deploy.success) {
    const { environment, namespace, ok, ms, startedAt, failedRenewals, steps } = deploy.data;
    return {
      group: { run: 'deploy', environment, namespace },
      ...{ ok, seconds: ms / 1_000, startedAt, failedRenewals },
      steps: merged(steps.map(({ id, ...step }) => ({ ...step, step: id }))),
    };
  }
  const integration = integrationReport.safeParse(report);
  if (!integration.success)
    throw new Error(
      'neither a report of a deploy (npm run deploy -- --report=FILE) nor of an integration test (report.json among its results)',
    );
  const { sections } = integration.data;
  const steps = sections.flatMap((section) =>
    section.steps.map(({ title, ms, ok }) => ({ phase: section.title, step: title, ms, ok })),
  );
  const ofSection = ({ ms, steps: parts }: (typeof sections)[number]): number =>
    ms ?? parts.reduce((sum, part) => sum + part.ms, 0);
  return {
    group: { run: 'test-integration' },
    ok: sections.every((one) => one.failure === undefined && one.steps.every(({ ok }) => ok)),
    seconds: sections.reduce((sum, section) => sum + ofSection(section), 0) / 1_000,
    startedAt: undefined,
    failedRenewals: undefined,
    steps: merged(steps),
  };
}

/** Steps of one name and phase are one series: their times add up, and all of them have to pass. */
function merged(
  steps: readonly { phase: string; step: string; ms: number; ok: boolean }[],
): Run['steps'] {
  const named = Map.groupBy(steps, ({ phase, step }) => JSON.stringify([phase, step]));
  return [...named.values()].map((same) => ({
    phase: same[0]?.phase ?? '',
    step: same[0]?.step ?? '',
    seconds: same.reduce((sum, { ms }) => sum + ms, 0) / 1_000,
    ok: same.every(({ ok }) => ok),
  }));
}

function metric(
  name: string,
  help: string,
  samples: readonly (readonly [labels: Readonly<Record<string, string>>, value: number])[],
): string[] {
  if (samples.length === 0) return [];
  return [
    `# HELP ${name} ${help}`,
    `# TYPE ${name} gauge`,
    ...samples.map(([labels, value]) => {
      const list = Object.entries(labels).map(([label, text]) => `${label}="${escape(text)}"`);
      return `${name}${list.length > 0 ? `{${list.join(',')}}` : ''} ${value}`;
    }),
  ];
}

/** https://prometheus.io/docs/instrumenting/exposition_formats/#comments-help-text-and-type-information */
function escape(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('"', '\\"');
}
