// Lints the GitHub workflows with actionlint and zizmor: with those installed, or, in CI, fetched at the versions below.
// Says so when one is skipped. `dagger call check` runs both from their images in any case.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { readArguments } from '@todo/deploy/run/usage';

const root = join(import.meta.dirname, '..');
/** How to run each linter: installed, then the ways to fetch it. */
const LINTERS = [
  {
    name: 'actionlint',
    args: [] as string[],
    fetched: [['go', 'run', 'github.com/rhysd/actionlint/cmd/actionlint@v1.7.12']],
  },
  {
    name: 'zizmor',
    args: ['--offline', '--no-progress', '.github'],
    fetched: [
      ['uvx', 'zizmor@1.32.0'],
      ['pipx', 'run', 'zizmor==1.32.0'],
    ],
  },
];

readArguments(
  'Usage: npm run check:workflows\n\nLints the GitHub workflows with actionlint and zizmor.',
  {},
);

let failed = false;
for (const { name, args, fetched } of LINTERS) {
  const ways = [[name], ...(process.env['CI'] === undefined ? [] : fetched)];
  const way = ways.find(([program = '']) => spawnSync(program, ['--version']).error === undefined);
  if (way === undefined) {
    process.stdout.write(`${name}: skipped, not installed (dagger call check has it)\n`);
    continue;
  }
  const [program = '', ...first] = way;
  const { status } = spawnSync(program, [...first, ...args], { cwd: root, stdio: 'inherit' });
  process.stdout.write(`${name}: ${status === 0 ? 'ok' : 'FAILED'}\n`);
  failed ||= status !== 0;
}
process.exitCode = failed ? 1 : 0;
