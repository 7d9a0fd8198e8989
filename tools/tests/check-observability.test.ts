// The check of alerts and dashboards: it passes on what there is, and says so when a part is missing.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { observabilityProblems } from '../check-observability.ts';
import type { Observability } from '../check-observability.ts';

const ROOT = join(import.meta.dirname, '../..');
const read = (file: string) => readFileSync(join(ROOT, file), 'utf8');
const folder = 'charts/todo-backend/observability/dashboards';
const files: Observability = {
  rules: read('charts/todo-backend/observability/alerts.yaml'),
  tests: read('charts/todo-backend/observability/alerts.test.yaml'),
  runbook: read('docs/how-to/runbook.md'),
  runbookFile: 'docs/how-to/runbook.md',
  faults: readdirSync(join(ROOT, 'e2e/observe'))
    .map((file) => read(`e2e/observe/${file}`))
    .join(),
  metricPages: [
    'docs/reference/metrics.md',
    'services/pubsub-postgresql/README.md',
    'docs/how-to/observe.md',
  ].map(read),
  dashboards: Object.fromEntries(
    readdirSync(join(ROOT, folder)).map((file) => [file, read(`${folder}/${file}`)]),
  ),
};

it('what there is passes', () => {
  expect(observabilityProblems(files)).toEqual([]);
});

it('an alert without a section in the runbook', () => {
  const runbook = files.runbook.replace(/^#+ TodoOutboxOld$/m, '### Old outbox');
  expect(observabilityProblems({ ...files, runbook })).toEqual([
    'TodoOutboxOld: docs/how-to/runbook.md has no section of that name',
  ]);
});

it('an alert that leads elsewhere, or says nothing', () => {
  const rules = files.rules
    .replace('runbook.md#tododeadletters', 'runbook.md')
    .replace(/summary: .*gave up events.*\n/, '\n');
  expect(observabilityProblems({ ...files, rules })).toEqual([
    'TodoDeadLetters: expected annotation runbook docs/how-to/runbook.md#tododeadletters',
    'TodoDeadLetters: no annotation summary',
  ]);
});

it('an alert that no test makes fire', () => {
  const tests = files.tests.replaceAll('TodoClockWrong', 'TodoClock');
  expect(observabilityProblems({ ...files, tests })).toEqual([
    'TodoClockWrong: no test of promtool makes it fire',
  ]);
});

it('an alert whose fault no test makes', () => {
  const faults = files.faults.replaceAll("'TodoPoolExhausted'", '');
  expect(observabilityProblems({ ...files, faults })).toEqual([
    'TodoPoolExhausted: no test in e2e/observe makes its fault',
  ]);
});

it('the component’s alerts are held to the same', () => {
  const component: Observability = {
    ...files,
    rules: read('charts/pubsub-postgresql/files/alerts.yaml'),
    tests: read('services/pubsub-postgresql/tests/alerts.promtool.yaml'),
    runbook: read('services/pubsub-postgresql/README.md'),
    runbookFile: 'services/pubsub-postgresql/README.md',
    dashboards: { 'dashboard.json': read('charts/pubsub-postgresql/files/dashboard.json') },
  };
  expect(observabilityProblems(component)).toEqual([]);
  const runbook = component.runbook.replace('#### PubSubGroupLags', '#### Lag');
  expect(observabilityProblems({ ...component, runbook })).toEqual([
    'PubSubGroupLags: services/pubsub-postgresql/README.md has no section of that name',
  ]);
});

it('a rule or a dashboard that asks for a metric that nothing serves', () => {
  const rules = files.rules.replace(
    'max by (service) (todo_outbox_oldest_seconds)',
    'max(todo_outbox_age)',
  );
  const old = files.dashboards['todo-event.json']!;
  const dashboards = { 'todo-event.json': old.replaceAll('todo_live_streams', 'todo_live_views') };
  expect(observabilityProblems({ ...files, rules, dashboards })).toEqual([
    'TodoOutboxOld: nothing serves todo_outbox_age',
    'todo-event.json: nothing serves todo_live_views',
  ]);
});
