// What `npm run check` refuses, each shown once: the checkers run as npm runs them, on a copy of this repository with one thing
// that is not allowed.
import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { copyRepository, type RepositoryCopy } from './repository-copy.ts';

/** Each checker reads the whole repository: some seconds, more beside other work. */
const TIMEOUT_MS = 240_000;
/** No case of the catalogue; in two parts, since the real check reads this file too. */
const CASE = ['G', '99'].join('');
let copy: RepositoryCopy;

beforeAll(() => {
  copy = copyRepository();
}, TIMEOUT_MS);
afterAll(() => {
  copy.remove();
});

/** Runs a script on the copy with these files, then takes them back. */
async function checkWith(
  script: string,
  files: Record<string, string>,
): Promise<{ code: number; output: string }> {
  for (const [path, content] of Object.entries(files)) copy.write(path, content);
  try {
    return await copy.script(script);
  } finally {
    for (const path of Object.keys(files)) copy.restore(path);
  }
}

describe('imports', { timeout: TIMEOUT_MS }, () => {
  test('what crosses a wall is refused, with the rule’s name', async () => {
    const { code, output } = await checkWith('check:imports', {
      'services/audit/src/planted.ts': `import '../../recurring/src/app.ts';\n`,
      'services/notification/src/planted.ts': `import '@todo/backend/app';\n`,
      'services/recurring/src/planted.ts': `import 'chrono-node';\nimport 'fastify';\n`,
      'services/audit/tests/planted.ts': `import '@todo/deploy/system';\n`,
      'packages/contracts/src/planted.ts': `import './planted-too.ts';\nimport 'node:fs';\n`,
      'packages/contracts/src/planted-too.ts': `import './planted.ts';\n`,
      'services/pubsub-postgresql/src/planted.ts': `import '@todo/contracts/task';\n`,
      'services/backend/src/tasks/planted.ts': `import '../http/task-routes.ts';\n`,
      'packages/runtime/src/planted.ts': `import '@todo/testing/tcp-proxy';\nimport './nowhere.ts';\n`,
      'deploy/src/planted.ts': `import '@todo/local/ports';\n`,
    });
    expect(code).not.toBe(0);
    const refused = output
      .split('\n')
      .flatMap(
        (line) => /error ([\w-]+): (\S*planted\S*) → /.exec(line)?.slice(1, 3).join(' ') ?? [],
      )
      .sort();
    expect(refused).toEqual(
      [
        'service-audit services/audit/src/planted.ts',
        'service-notification services/notification/src/planted.ts',
        'no-undeclared-dependency services/recurring/src/planted.ts', // chrono-node, below its dist/
        'no-undeclared-dependency services/recurring/src/planted.ts', // fastify
        'no-undeclared-workspace services/audit/src/planted.ts',
        'no-undeclared-workspace services/audit/tests/planted.ts',
        'no-undeclared-workspace services/notification/src/planted.ts',
        'no-undeclared-workspace services/pubsub-postgresql/src/planted.ts',
        'no-undeclared-workspace deploy/src/planted.ts',
        'no-cycle packages/contracts/src/planted-too.ts',
        'contracts-without-node packages/contracts/src/planted.ts',
        'component-stands-alone services/pubsub-postgresql/src/planted.ts',
        'domain-without-http services/backend/src/tasks/planted.ts',
        'testing-is-for-tests packages/runtime/src/planted.ts',
        'runtime packages/runtime/src/planted.ts',
        'no-unresolvable packages/runtime/src/planted.ts',
        'deploy-stands-alone deploy/src/planted.ts',
      ].sort(),
    );
  });

  test('the page imports nothing that needs Node', async () => {
    const { code, output } = await checkWith('check:imports', {
      'web/lib/planted.ts': `import '@/server/config';\n`,
      'web/components/planted.tsx': `import '@todo/runtime/config';\n`,
    });
    expect(code).not.toBe(0);
    expect(output).toContain('error browser-code: web/lib/planted.ts');
    expect(output).toContain('error browser-code: web/components/planted.tsx');
  });
});

test(
  'an export and a file that nothing uses',
  async () => {
    const file = 'packages/contracts/src/text.ts';
    const { code, output } = await checkWith('check:unused', {
      [file]: `${readFileSync(join(copy.root, file), 'utf8')}export const plantedExport = 1;\n`,
      'web/lib/planted-file.ts': `const planted = 1;\nvoid planted;\n`,
    });
    expect(code).not.toBe(0);
    expect(output).toMatch(/plantedExport .*packages\/contracts\/src\/text\.ts/);
    expect(output).toContain('web/lib/planted-file.ts');
  },
  TIMEOUT_MS,
);

describe('lengths', { timeout: TIMEOUT_MS }, () => {
  const lines = (count: number, first = '// One subject.'): string =>
    `${first}\n${'export {};\n'.repeat(count - 1)}`;

  test('a source file over 300 lines without a reason', async () => {
    const { code, output } = await checkWith('check:lengths', {
      'services/audit/src/planted.ts': lines(301),
    });
    expect(code).toBe(1);
    expect(output).toContain('services/audit/src/planted.ts: 301 lines');
  });

  test('300 lines, or a reason in the first lines, pass', async () => {
    const { code, output } = await checkWith('check:lengths', {
      'services/audit/src/planted.ts': lines(300),
      'services/audit/src/planted-too.ts': lines(400, '// Long because it is one table.'),
    });
    expect(output).toContain('planted-too.ts: 400 lines, because it is one table.');
    expect(code).toBe(0);
  });
});

describe('documents', { timeout: TIMEOUT_MS }, () => {
  /** Each has a check of its own. */
  const TABLES = ['docs/reference/cases.md', 'docs/reference/asvs.md'];
  beforeAll(() => {
    // The real pages have commands of their own, which `npm run check` runs.
    const pages = execFileSync('git', ['ls-files', '--others', '--exclude-standard', '*.md'], {
      cwd: copy.root,
      encoding: 'utf8',
    });
    for (const page of pages.trim().split('\n'))
      if (!TABLES.includes(page)) rmSync(join(copy.root, page));
    for (const table of TABLES) copy.write(table, withoutLinks(table));
  });

  /** A table without its links to pages that the copy no longer has. */
  function withoutLinks(table: string): string {
    const text = readFileSync(join(copy.root, table), 'utf8');
    return text.replaceAll(/\]\([^)]*\)/g, ']');
  }

  const page = (text: string): Record<string, string> => ({
    'docs/planted.md': `# Planted\n\n${text}\n`,
  });

  test('pages whose links lead somewhere and whose commands work pass', async () => {
    const { code, output } = await checkWith(
      'check:docs',
      page('See [the cases](reference/cases.md).\n\n```sh runnable\ntest -d services\n```'),
    );
    expect(output).not.toContain('FAILED');
    expect(code).toBe(0);
  });

  test.each([
    ['a dead link', 'See [it](nowhere.md).', 'links', 'nowhere.md'],
    ['a dead heading', 'See [it](#not-here).', 'links', '#not-here'],
    ['a broken runnable command', '```sh runnable\ntrue\nfalse\n```', 'commands', 'planted.md:4'],
    [
      'a runnable command that is not there',
      '```sh runnable\nno-such-command\n```',
      'commands',
      'no-such-command',
    ],
  ])('%s is refused', async (_what, text, check, named) => {
    const { code, output } = await checkWith('check:docs', page(text));
    expect(code).toBe(1);
    expect(output).toContain(`${check}: FAILED`);
    expect(output).toContain(named);
  });

  test('a case that a test quotes and the catalogue does not have', async () => {
    const { code, output } = await checkWith('check:docs', {
      'services/audit/tests/planted.test.ts': `test('${CASE}: planted', () => undefined);\n`,
    });
    expect(code).toBe(1);
    expect(output).toContain(`case ${CASE} has no row`);
  });
});
