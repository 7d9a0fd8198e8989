// `npm run new-service NAME`: a service that passes every check from its first minute, made from tools/templates. It consumes
// completed tasks and notes each once; what it should really do goes into its src/app.ts.
//
// Everything that has to know of a part is changed here, in one place: the list of parts, the images' manifests, the Dapr
// scopes, the folder, the chart and the subscriptions. Nothing is written before all of it was found.
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { readArguments } from '@todo/deploy/run/usage';

const ROOT = join(import.meta.dirname, '..');
const TEMPLATES = join(import.meta.dirname, 'templates');
/** A name that is a folder, an image, a chart, an app id and a schema all at once. */
const NAME = /^[a-z][a-z0-9]{1,19}$/;

/** A file to write, as its path from the root and its new content. */
interface Change {
  readonly path: string;
  readonly content: string;
}

/** A problem that the caller can solve. */
class Refused extends Error {}

/** The template's text with the service's own name. */
function named(text: string, name: string): string {
  const capital = name.charAt(0).toUpperCase() + name.slice(1);
  return text.replaceAll('blueprint', name).replaceAll('Blueprint', capital);
}

/** Files of a template folder, with the service's name in path and content. */
function fromTemplate(folder: string, target: string, name: string): Change[] {
  return readdirSync(join(TEMPLATES, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => {
      const file = join(entry.parentPath, entry.name);
      const inside = file.slice(join(TEMPLATES, folder).length + 1);
      return { path: join(target, inside), content: named(readFileSync(file, 'utf8'), name) };
    });
}

/** Replaces what `at` matches. @throws Refused where nothing does */
function insert(path: string, at: RegExp, text: (match: string) => string): Change {
  const content = readFileSync(join(ROOT, path), 'utf8');
  if (!at.test(content)) throw new Refused(`${path}: no place for the new service (${at.source})`);
  return { path, content: content.replace(at, text) };
}

/** Every change that a new service of this name needs. */
function changesFor(name: string): Change[] {
  const appId = `${name}-service`;
  const scope = (path: string): Change =>
    insert(path, /^ {2}- audit-service$/m, (line) => `${line}\n  - ${appId}`);
  const resiliency = scope('dapr/resiliency.yaml');
  return [
    ...fromTemplate('service', `services/${name}`, name),
    {
      // Not a template: its path to the shared options is right only where it ends up.
      path: `services/${name}/tsconfig.json`,
      content: readFileSync(join(ROOT, 'services/recurring/tsconfig.json'), 'utf8'),
    },
    ...fromTemplate('chart', `charts/${appId}`, name),
    {
      path: `dapr/subscriptions/${appId}.yaml`,
      content: named(readFileSync(join(TEMPLATES, 'subscriptions.yaml'), 'utf8'), name),
    },
    insert(
      'deploy/src/system.ts',
      /^ {2}\{\n {4}name: 'web',$/m,
      (web) =>
        `  {
    name: '${name}',
    folder: 'services/${name}',
    dockerfile: 'services/Dockerfile',
    chart: '${appId}',
    appId: '${appId}',
    schema: '${name}',
    topics: ['task-events'],
    port: 8080,
    optional: false,
  },
${web}`,
    ),
    insert(
      'ci/src/reference.ts',
      /^ {2}\{ name: 'web', /m,
      (web) =>
        `  {
    name: '${name}',
    dockerfile: 'services/Dockerfile',
    context: ['packages', 'services/${name}'],
  },
${web}`,
    ),
    ...['services/Dockerfile', 'web/Dockerfile'].map((path) =>
      insert(
        path,
        /^COPY services\/audit\/package\.json .*$/m,
        (line) => `${line}\nCOPY services/${name}/package.json services/${name}/`,
      ),
    ),
    ...['dapr/components/pubsub.yaml', 'dapr/components/pubsub-cloud.yaml'].map(scope),
    {
      path: resiliency.path,
      content: resiliency.content.replace(
        /^ {6}audit-service:\n {8}timeout: call$/m,
        (entry) => `${entry}\n      ${appId}:\n        timeout: call`,
      ),
    },
  ];
}

function main([name, ...others]: readonly string[]): void {
  if (name === undefined || others.length > 0 || !NAME.test(name))
    throw new Refused(
      'Give one name of 2 to 20 lower-case letters and digits: npm run new-service -- invoices',
    );
  for (const taken of [`services/${name}`, `charts/${name}-service`])
    if (existsSync(join(ROOT, taken)))
      throw new Refused(`${taken} already exists: choose another name`);
  const changes = changesFor(name);
  for (const { path, content } of changes) {
    const file = join(ROOT, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
    process.stdout.write(`  ${path}\n`);
  }
  const chart = join(ROOT, `charts/${name}-service`);
  mkdirSync(join(chart, 'charts'), { recursive: true });
  symlinkSync('../../common', join(chart, 'charts/common'));
  copyFileSync(join(ROOT, 'charts/common/values.schema.json'), join(chart, 'values.schema.json'));
  process.stdout.write(`
services/${name} is ready. Next:
  npm install                                        link the new workspace
  npm run format                                     format the changed files
  npx vitest run --project unit services/${name}     its tests: the delivery contract
  npx vitest run --project unit deploy/tests/plan.test.ts deploy/tests/charts.test.ts --update
                                                     new golden copies (those of charts need helm); read the difference
  npm run up                                         see it start with the others

Then make it yours:
  services/${name}/src/app.ts                        what it does with an event
  dapr/subscriptions/${name}-service.yaml            the topics it subscribes to
`);
}

try {
  const { positionals } = readArguments(
    `Usage: npm run new-service -- <name>

Creates a service that passes every check: services/<name>, its chart, its subscriptions, and its entry in every list. It
consumes completed tasks and records each once.

  <name>  2 to 20 lower-case letters and digits, the first a letter, such as invoices`,
    { allowPositionals: true },
  );
  main(positionals);
} catch (error) {
  if (!(error instanceof Refused)) throw error;
  process.stderr.write(`new-service: ${error.message}\n`);
  process.exitCode = 78;
}
