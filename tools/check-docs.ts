// `npm run check:docs`: what the documentation promises is there. Links lead to a file and a heading that exist, and every
// command in a block marked `sh runnable` ends with 0 when it runs in the repository's root. Wording and diagrams are checked
// too, that the catalogue of public cases has every one that a test's name quotes, and that the table of the ASVS is whole. For messages see check-messages.ts.
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readArguments } from '@todo/deploy/run/usage';
import { asvsFaults } from './check-asvs.ts';
import { brokenDiagrams, dialectWords, quotedCases } from './check-prose.ts';
import type { Finding } from './dialect.ts';

const ROOT = join(import.meta.dirname, '..');
/** A command in the documentation that takes longer than this is not one to run in a check, ms. */
const COMMAND_TIMEOUT_MS = 60_000;

/** A block of commands marked as runnable. */
export interface RunnableBlock {
  /** Line of the block's first command, counted from 1. */
  readonly line: number;
  readonly commands: string;
}

/** The blocks of a Markdown text that start with ```` ```sh runnable ````. */
export function runnableBlocks(markdown: string): RunnableBlock[] {
  const blocks: RunnableBlock[] = [];
  for (const match of markdown.matchAll(/^```sh runnable\n([\s\S]*?)^```$/gm)) {
    const before = markdown.slice(0, match.index);
    blocks.push({ line: before.split('\n').length + 1, commands: match[1] ?? '' });
  }
  return blocks;
}

function tracked(...patterns: readonly string[]): string[] {
  const listed = execFileSync(
    'git',
    ['ls-files', '--cached', '--others', '--exclude-standard', ...patterns],
    { cwd: ROOT, encoding: 'utf8' },
  );
  return listed.split('\n').filter((file) => file !== '' && existsSync(join(ROOT, file)));
}

function checkLinks(files: readonly string[]): boolean {
  const plugins = ['--use', 'remark-gfm', '--use', 'remark-validate-links=repository:false'];
  const { status } = spawnSync('remark', ['--quiet', '--frail', ...plugins, ...files], {
    cwd: ROOT,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  return status === 0;
}

function checkCommands(file: string): boolean {
  let ok = true;
  for (const { line, commands } of runnableBlocks(readFileSync(join(ROOT, file), 'utf8'))) {
    const run = spawnSync('bash', ['-euo', 'pipefail', '-c', commands], {
      cwd: ROOT,
      encoding: 'utf8',
      timeout: COMMAND_TIMEOUT_MS,
    });
    if (run.status === 0) continue;
    ok = false;
    const why = run.error?.message ?? `exit code ${String(run.status)}`;
    process.stderr.write(`${file}:${line}: ${why}\n${commands}${run.stderr}\n`);
  }
  return ok;
}

function checkText(files: readonly string[], check: (markdown: string) => Finding[]): boolean {
  const findings = files.flatMap((file) =>
    check(readFileSync(join(ROOT, file), 'utf8')).map(
      ({ line, message }) => `${file}:${String(line)}: ${message}\n`,
    ),
  );
  process.stderr.write(findings.join(''));
  return findings.length === 0;
}

/** Every public case that a test's name quotes has a row in the catalogue. */
function checkCases(): boolean {
  const catalogue = readFileSync(join(ROOT, 'docs/reference/cases.md'), 'utf8');
  const missing = tracked('*.test.ts', 'e2e/suite/*.ts').flatMap((file) =>
    quotedCases(readFileSync(join(ROOT, file), 'utf8'))
      .filter((id) => !new RegExp(`^\\| ${id} `, 'm').test(catalogue))
      .map((id) => `${file}: case ${id} has no row in docs/reference/cases.md\n`),
  );
  process.stderr.write(missing.join(''));
  return missing.length === 0;
}

if (import.meta.main) {
  readArguments(
    'Usage: npm run check:docs\n\nChecks links, diagrams, wording and quoted cases in the docs, and runs their runnable commands.',
    {},
  );
  const files = tracked('*.md');
  const links = checkLinks(files);
  const diagrams = checkText(files, brokenDiagrams);
  const wording = checkText(files, dialectWords);
  const asvs = checkText(['docs/reference/asvs.md'], asvsFaults);
  const commands = files.map(checkCommands).every(Boolean);
  const results = { links, diagrams, wording, cases: checkCases(), asvs, commands };
  for (const [what, ok] of Object.entries(results))
    process.stdout.write(`${what}: ${ok ? 'ok' : 'FAILED'}\n`);
  process.exitCode = Object.values(results).every(Boolean) ? 0 : 1;
}
