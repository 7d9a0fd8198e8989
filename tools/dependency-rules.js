// The walls of the house: what a folder may import. `npm run check:imports` holds the code against them.
//
// A wall is worth its trouble when crossing it would make a part impossible to take away: a service that imports another
// can't be deployed without it, and a domain that knows its database driver can't be tested without one.
import { globSync, readdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath, URL } from 'node:url';

const SERVICES = readdirSync(new URL('../services', import.meta.url), { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map((entry) => entry.name);
/** Tests may reach further than the code they test. */
const TESTS = '(^|/)(tests|certification|conformance)/|\\.test\\.tsx?$';

/** A rule that lets a folder import nothing of the repository but `allowed` (regular expressions) and itself. */
function only(name, from, allowed, comment) {
  return {
    name,
    comment,
    severity: 'error',
    from: { path: `^${from}/`, pathNot: TESTS },
    to: {
      path: '^(packages|services|web|deploy|local|backup|e2e|bench|tools|ci)/',
      pathNot: [`^${from}/`, ...allowed.map((folder) => `^${folder}/`)],
    },
  };
}

/** Our own workspaces are linked into node_modules whether declared or not, so each has a rule of what it did not declare. */
function declaredWorkspaces() {
  const root = fileURLToPath(new URL('..', import.meta.url));
  const read = (file) => JSON.parse(readFileSync(new URL(`../${file}`, import.meta.url), 'utf8'));
  const workspaces = globSync(
    read('package.json').workspaces.map((folder) => `${folder}/package.json`),
    { cwd: root },
  ).map((file) => ({ folder: dirname(file), ...read(file) }));
  return workspaces.map(({ folder, name, dependencies, devDependencies }) => {
    const declared = { ...dependencies, ...devDependencies, [name]: '*' };
    const others = workspaces.filter((other) => !(other.name in declared));
    return {
      name: 'no-undeclared-workspace',
      comment: 'A workspace imports another that is not in its package.json. Declare it.',
      severity: 'error',
      from: { path: `^${folder}/` },
      to: { path: `^(${others.map((other) => other.folder).join('|')})/` },
    };
  });
}

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    {
      name: 'no-cycle',
      comment:
        'Files that import each other can only be understood together. Move what both need to a third file.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'no-undeclared-dependency',
      comment:
        'A package that is not in the workspace’s package.json is there by luck. Declare it.',
      severity: 'error',
      from: {
        path: '^(packages|services|web|deploy|local|backup|e2e|bench|tools)/',
        // Linters are the whole repository's: the root declares them.
        pathNot: 'eslint[.]config[.]js$',
      },
      to: {
        path: '(^|/)node_modules/',
        // So are the test runner and the finder of unused code.
        pathNot: '(^|/)node_modules/(vitest|knip)/',
        dependencyTypes: ['npm-no-pkg', 'npm-unknown', 'unknown', 'undetermined'],
      },
    },
    ...declaredWorkspaces(),
    {
      name: 'no-unresolvable',
      comment: 'The import names a file or package that is not there.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true, pathNot: '\\.css$' },
    },
    {
      name: 'no-development-dependency',
      comment:
        'Code that runs in production imports a package that is only installed for development.',
      severity: 'error',
      from: {
        path: '^(packages/(contracts|runtime|messaging)|services)/',
        pathNot: TESTS,
      },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'] },
    },
    only(
      'contracts-stand-alone',
      'packages/contracts',
      [],
      'Contracts run in a browser: zod, temporal and rrule only.',
    ),
    {
      name: 'contracts-without-node',
      comment: 'Contracts run in a browser: no module of Node.',
      severity: 'error',
      from: { path: '^packages/contracts/src/' },
      to: { dependencyTypes: ['core'] },
    },
    only(
      'runtime',
      'packages/runtime',
      ['packages/contracts'],
      'The runtime builds on contracts only.',
    ),
    only(
      'messaging',
      'packages/messaging',
      ['packages/runtime', 'packages/contracts'],
      'Messaging builds on runtime and contracts only.',
    ),
    ...SERVICES.filter((service) => service !== 'pubsub-postgresql').map((service) =>
      only(
        `service-${service}`,
        `services/${service}`,
        ['packages/messaging', 'packages/runtime', 'packages/contracts'],
        'A service never imports another service: they meet by events and invocation.',
      ),
    ),
    only(
      'component-stands-alone',
      'services/pubsub-postgresql',
      [],
      'The component is of use without this repository, so it imports nothing of it.',
    ),
    {
      name: 'domain-without-http',
      comment:
        'Domain folders know neither HTTP nor Dapr nor the SQL driver: http/ adapts them to the outside.',
      severity: 'error',
      from: {
        path: '^services/backend/src/(identity|tasks|reminders|lists|calendars|dav|transfer|quick-add|chat|tools|live|ops)/',
      },
      to: {
        path: '^services/backend/src/http/|(^|/)node_modules/(fastify|@fastify|@dapr/dapr)/',
      },
    },
    {
      name: 'browser-code',
      comment: 'Code for the browser imports contracts only, never what needs Node.',
      severity: 'error',
      from: { path: '^web/(components|lib|text)/' },
      to: { path: '^(packages/(runtime|messaging|testing)|services|deploy|local|web/server)/' },
    },
    only(
      'web',
      'web',
      ['packages/contracts', 'packages/runtime'],
      'The web app’s server builds on contracts and runtime.',
    ),
    only(
      'deploy-stands-alone',
      'deploy',
      [],
      'The release plan runs in a container that holds nothing else.',
    ),
    only(
      'local',
      'local',
      ['deploy'],
      'The system on one machine reads the list of parts, and starts the rest as processes.',
    ),
    only(
      'backup',
      'backup',
      ['packages/runtime', 'packages/messaging', 'services', 'deploy', 'local'],
      'A backup knows every schema and who migrates it; nothing but suites and benchmarks knows the backup.',
    ),
    {
      name: 'testing-is-for-tests',
      comment: 'What runs in production must not import test code.',
      severity: 'error',
      from: {
        path: '^(packages|services|web|deploy|local|backup)/',
        pathNot: [TESTS, '^packages/testing/'],
      },
      to: { path: '^packages/testing/' },
    },
    {
      name: 'suites-use-named-entries',
      comment:
        'Suites and benchmarks see a service from outside, or by an entry that its package.json exports.',
      severity: 'error',
      from: { path: '^(e2e|bench|packages/testing)/' },
      to: { path: '^services/[^/]+/tests/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    // What is built from our sources; not the `dist` of a package, whose import the rules must see.
    exclude: { path: '^(web/[.]next|services/[^/]+/dist|coverage|[.]local|tools/templates)/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    combinedDependencies: false,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
      extensions: ['.ts', '.tsx', '.js', '.mjs', '.json', '.d.ts'],
    },
    cache: false,
  },
};
