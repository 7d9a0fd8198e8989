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

interface Rule {
  readonly alert?: string;
  readonly record?: string;
  readonly expr: string;
  readonly annotations?: { readonly summary?: string; readonly runbook?: string };
}

/** What the check reads, as text. */
export interface Observability {
  /** charts/todo-backend/observability/alerts.yaml */
  readonly rules: string;
  /** charts/todo-backend/observability/alerts.test.yaml */
  readonly tests: string;
  readonly runbook: string;
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
      ...(headings.has(alert) ? [] : [`${alert}: ${RUNBOOK} has no section of that name`]),
      ...(annotations?.runbook === `${RUNBOOK}#${alert.toLowerCase()}`
        ? []
        : [`${alert}: expected annotation runbook ${RUNBOOK}#${alert.toLowerCase()}`]),
      ...(annotations?.summary ? [] : [`${alert}: no annotation summary`]),
      ...(new RegExp(`alertname="${alert}"`).test(files.tests)
        ? []
        : [`${alert}: no test in alerts.test.yaml makes it fire`]),
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
  if (name.startsWith('dapr_')) return true; // daprd's; the test with a real system asks for them
  return documented.includes(`\`${name}\``) || documented.includes(`\`${base}\``);
}

async function main(): Promise<void> {
  const read = (file: string) => readFileSync(join(ROOT, file), 'utf8');
  const folder = 'charts/todo-backend/observability/dashboards';
  const dashboards = readdirSync(join(ROOT, folder));
  const problems = observabilityProblems({
    rules: read('charts/todo-backend/observability/alerts.yaml'),
    tests: read('charts/todo-backend/observability/alerts.test.yaml'),
    runbook: read(RUNBOOK),
    metricPages: [read('docs/reference/metrics.md'), read('services/pubsub-postgresql/README.md')],
    dashboards: Object.fromEntries(dashboards.map((file) => [file, read(`${folder}/${file}`)])),
  });
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
