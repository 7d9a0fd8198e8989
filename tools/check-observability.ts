// `npm run check:observability`: an alert that nobody can act on, or that can't fire, is noise. So each alert of
// charts/todo-backend/observability/alerts.yaml has a section in the runbook and a fault in alerts.test.yaml, and every metric that a rule or a
// dashboard asks for is one that a part serves. Prometheus' own promtool checks the rules and runs their tests where it is on
// PATH (Debian: `apt install prometheus`).
import { execa } from 'execa';
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { readArguments } from '@todo/deploy/run/usage';
import { parse } from 'yaml';

const ROOT = resolve(import.meta.dirname, '..');
const RUNBOOK = 'docs/how-to/runbook.md';
/** The component can be used alone, so its README is its runbook. */
const COMPONENT_README = 'services/pubsub-postgresql/README.md';
/** Where faults are made in running systems. */
const FAULTS = 'e2e/observe';

/** Pages that name the metrics there are. */
const METRIC_PAGES = ['docs/reference/metrics.md', COMPONENT_README, 'docs/how-to/observe.md'];

interface Rule {
  readonly alert?: string;
  readonly record?: string;
  readonly expr: string;
  readonly annotations?: { readonly summary?: string; readonly runbook?: string };
}

/** What the check reads, as text. */
export interface Observability {
  /** A file of rules. */
  readonly rules: string;
  /** The tests of these rules for promtool. */
  readonly tests: string;
  readonly runbook: string;
  /** Its file. */
  readonly runbookFile: string;
  /** The tests that make each alert's fault in a running system. */
  readonly faults: string;
  /** Pages that name the metrics there are. */
  readonly metricPages: readonly string[];
  /** Dashboards by file name. */
  readonly dashboards: Readonly<Record<string, string>>;
}

/** What is wrong, a line each; empty: nothing. */
export function observabilityProblems(files: Observability): string[] {
  const rules = (parse(files.rules) as { groups: { rules: Rule[] }[] }).groups.flatMap(
    (group) => group.rules,
  );
  const alerts = rules.filter((rule) => rule.alert !== undefined);
  const headings = new Set(
    [...files.runbook.matchAll(/^#{2,4} (\w+)$/gm)].map(([, heading = '']) => heading),
  );
  const recorded = new Set(rules.flatMap((rule) => rule.record ?? []));
  const documented = files.metricPages.join('\n');
  const unknown = (expr: string): string[] =>
    metricsOf(expr).filter((name) => !recorded.has(name) && !isServed(name, documented));
  return [
    ...alerts.flatMap(({ alert = '', annotations }) => [
      ...(headings.has(alert)
        ? []
        : [`${alert}: ${files.runbookFile} has no section of that name`]),
      ...(annotations?.runbook === `${files.runbookFile}#${alert.toLowerCase()}`
        ? []
        : [`${alert}: expected annotation runbook ${files.runbookFile}#${alert.toLowerCase()}`]),
      ...(annotations?.summary ? [] : [`${alert}: no annotation summary`]),
      ...(new RegExp(`alertname(?:="|: )${alert}\\b`).test(files.tests)
        ? []
        : [`${alert}: no test of promtool makes it fire`]),
      ...(files.faults.includes(`'${alert}'`)
        ? []
        : [`${alert}: no test in ${FAULTS} makes its fault`]),
    ]),
    ...rules.flatMap((rule) =>
      unknown(rule.expr).map(
        (name) => `${rule.alert ?? rule.record ?? ''}: nothing serves ${name}`,
      ),
    ),
    ...Object.entries(files.dashboards).flatMap(([file, text]) =>
      queriesOf(text).flatMap((expr) =>
        unknown(expr).map((name) => `${file}: nothing serves ${name}`),
      ),
    ),
  ];
}

/** The queries of a dashboard's panels. @param text Grafana's JSON */
export function queriesOf(text: string): string[] {
  const { panels } = JSON.parse(text) as { panels: { targets?: { expr: string }[] }[] };
  return panels.flatMap((panel) => panel.targets?.map((target) => target.expr) ?? []);
}

/** The names of metrics in a query: words with an underscore or a colon that are neither functions nor labels. */
function metricsOf(expr: string): string[] {
  const bare = expr
    .replaceAll(/"(?:\\.|[^"\\])*"/g, '')
    .replaceAll(/\{[^}]*\}|\[[^\]]*\]/g, '')
    .replaceAll(/\b(?:by|without|on|ignoring)\s*\([^)]*\)/g, '');
  const words = bare.match(/[a-zA-Z][\w:]*[_:][\w:]*(?!\w)(?!\s*\()/g) ?? [];
  return [...new Set(words)];
}

function isServed(name: string, documented: string): boolean {
  const base = name.replace(/_(?:bucket|count|sum)$/, '');
  if (/^todo_(?:process|nodejs)_/.test(name)) return true; // prom-client's own
  if (name === 'push_time_seconds') return true; // the Pushgateway's own
  if (name.startsWith('dapr_')) return true; // daprd's; the test with a real system asks for them
  return documented.includes(`\`${name}\``) || documented.includes(`\`${base}\``);
}

async function main(): Promise<void> {
  const read = (file: string) => readFileSync(join(ROOT, file), 'utf8');
  const folder = 'charts/todo-backend/observability/dashboards';
  const dashboards = readdirSync(join(ROOT, folder));
  const faults = readdirSync(join(ROOT, FAULTS))
    .map((file) => read(`${FAULTS}/${file}`))
    .join('\n');
  const metricPages = METRIC_PAGES.map(read);
  const problems = [
    ...observabilityProblems({
      rules: read('charts/todo-backend/observability/alerts.yaml'),
      tests: read('charts/todo-backend/observability/alerts.test.yaml'),
      ...{ runbook: read(RUNBOOK), runbookFile: RUNBOOK, faults, metricPages },
      dashboards: Object.fromEntries(dashboards.map((file) => [file, read(`${folder}/${file}`)])),
    }),
    ...observabilityProblems({
      rules: read('charts/pubsub-postgresql/files/alerts.yaml'),
      tests: read('services/pubsub-postgresql/tests/alerts.promtool.yaml'),
      ...{ runbook: read(COMPONENT_README), runbookFile: COMPONENT_README, faults, metricPages },
      dashboards: { 'dashboard.json': read('charts/pubsub-postgresql/files/dashboard.json') },
    }),
  ];
  const tests = 'charts/todo-backend/observability/alerts.test.yaml';
  const promtool = await execa('promtool', ['test', 'rules', tests], {
    cwd: ROOT,
    all: true,
    reject: false,
  });
  if (promtool.code === 'ENOENT') console.log('SKIPPED, alert rules: no promtool in PATH');
  else if (promtool.failed) problems.push(promtool.all);
  if (problems.length > 0) throw new Error(problems.join('\n'));
  console.log(
    `observability: the alerts and ${dashboards.length} dashboards are as they should be`,
  );
}

if (import.meta.main) {
  readArguments(
    'Usage: npm run check:observability\n\nTests the alert rules with promtool, and checks the dashboards against the metrics.',
    {},
  );
  try {
    await main();
  } catch (error) {
    console.error((error as Error).message);
    process.exitCode = 1;
  }
}
