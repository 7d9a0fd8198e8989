// `npm run check:charts`: what helm itself has against the charts, before anything is deployed with them. Each
// chart is linted strictly with each environment's values, as the release plan hands them over, and its schema
// must name every value there is: a value that the schema forgot could never be checked.
import { execa } from 'execa';
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parse } from 'yaml';
import { planFromOptions } from '@todo/deploy/plan/options';
import type { Environment } from '@todo/deploy/plan/plan';
import { CHARTS } from '@todo/deploy/plan/services';
import { readArguments } from '@todo/deploy/run/usage';

const ROOT = resolve(import.meta.dirname, '..');
const COMPONENT_CHART = 'pubsub-postgresql';
const ENVIRONMENTS: readonly Environment[] = ['local', 'cloud'];

/** What of a JSON schema is looked at here. */
interface Schema {
  readonly $ref?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: unknown;
  readonly definitions?: Readonly<Record<string, Schema>>;
}

/**
 * Values that a schema has no word about, as dotted paths. Objects whose keys are free (`env`) end the search.
 * @param root where `#/definitions/…` is looked up
 */
export function unnamed(values: unknown, schema: Schema, root: Schema, path = ''): string[] {
  const definition = schema.$ref?.split('/').at(-1);
  const rules = definition === undefined ? schema : root.definitions?.[definition];
  if (rules === undefined) return [`${path}: ${String(schema.$ref)} is not defined`];
  if (typeof values !== 'object' || values === null || Array.isArray(values)) return [];
  if (rules.properties === undefined) return [];
  const closed = rules.additionalProperties === false ? [] : [`${path || '.'} takes any key`];
  return [
    ...closed,
    ...Object.entries(values).flatMap(([key, value]) => {
      const here = path === '' ? key : `${path}.${key}`;
      const rule = rules.properties?.[key];
      return rule === undefined ? [here] : unnamed(value, rule, root, here);
    }),
  ];
}

async function lint(chart: string, environment: Environment): Promise<string[]> {
  const plan = planFromOptions(
    {
      env: environment,
      images: 'registry.example/todo:1.0.0',
      publicUrl: 'https://todo.example',
      holder: 'check',
    },
    ROOT,
  );
  const values = plan.changes.find(({ id }) => id === chart)?.stdin ?? '';
  const result = await execa(
    'helm',
    [
      'lint',
      '--strict',
      '--quiet',
      `charts/${chart}`,
      '--values',
      `charts/${chart}/values-${environment}.yaml`,
      '--values',
      '-',
    ],
    { cwd: ROOT, input: values, all: true, reject: false },
  );
  return result.failed ? [`${chart} (${environment}): ${result.all}`] : [];
}

/** The component's own chart is installed by people, not by the release plan: with each of its switches. */
async function lintComponentChart(): Promise<string[]> {
  const required = 'image.repository=registry.example/pubsub,image.tag=1.0.0';
  const secret = 'database.connectionString=postgresql://user@db.example/app';
  const everything =
    'cli.enabled=true,monitoring.alerts.enabled=true,monitoring.podMonitor.enabled=true';
  const variants = [
    [secret],
    ['database.existingSecret=database', 'injection.namespaces={*}', everything],
    [secret, 'injection.enabled=false'],
  ];
  const problems = await Promise.all(
    variants.map(async (values) => {
      const set = [required, ...values].flatMap((value) => ['--set', value]);
      const result = await execa(
        'helm',
        [
          'lint',
          '--strict',
          '--quiet',
          '--kube-version',
          '1.36.0',
          `charts/${COMPONENT_CHART}`,
          ...set,
        ],
        { cwd: ROOT, all: true, reject: false },
      );
      return result.failed ? [`${COMPONENT_CHART} (${values.join(' ')}): ${result.all}`] : [];
    }),
  );
  return problems.flat();
}

function schemaGaps(chart: string): string[] {
  const read = (file: string) => readFileSync(join(ROOT, 'charts', chart, file), 'utf8');
  const schema = JSON.parse(read('values.schema.json')) as Schema;
  const files = readdirSync(join(ROOT, 'charts', chart)).filter((file) =>
    /^values.*\.yaml$/.test(file),
  );
  return files.flatMap((file) =>
    unnamed(parse(read(file)), schema, schema).map(
      (path) => `${chart}: ${file}: ${path} is not in values.schema.json`,
    ),
  );
}

async function main(): Promise<void> {
  const helm = await execa('helm', ['version', '--short'], { reject: false });
  if (helm.failed) {
    if (process.env['CI'] !== undefined) throw new Error('helm is not in PATH');
    console.log('SKIPPED, charts: no helm in PATH');
    return;
  }
  const problems = [
    ...['common', COMPONENT_CHART, ...CHARTS].flatMap(schemaGaps),
    ...(await lintComponentChart()),
    ...(
      await Promise.all(
        CHARTS.flatMap((chart) => ENVIRONMENTS.map((environment) => lint(chart, environment))),
      )
    ).flat(),
  ];
  if (problems.length > 0) throw new Error(problems.join('\n'));
  console.log(
    `charts: ${CHARTS.length} linted in ${ENVIRONMENTS.length} environments, ${COMPONENT_CHART} in its variants`,
  );
}

if (import.meta.main) {
  readArguments(
    'Usage: npm run check:charts\n\nLints every chart with helm, strictly, as each environment deploys it.',
    {},
  );
  try {
    await main();
  } catch (error) {
    console.error((error as Error).message);
    process.exitCode = 1;
  }
}
