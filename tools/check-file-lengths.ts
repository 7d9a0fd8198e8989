// `npm run check:lengths`: a source file that has grown past a screen or five usually holds two subjects. A file over the
// limit says in its first lines why it is one subject all the same; those that do are listed, so that nobody forgets them.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readArguments } from '@todo/deploy/run/usage';

const ROOT = join(import.meta.dirname, '..');
/** Lines a source file may have without a reason. */
const MAX_LINES = 300;
/** The reason stands within this many lines, after {@link REASON}. */
const HEAD_LINES = 15;
const REASON = /\bLong because (.+)/;
/** Tests and data are long for good reasons, and generated files have no reader. */
const NOT_SOURCE =
  /(^|\/)(tests|certification|conformance|cluster)\/|\.test\.tsx?$|^web\/text\/|\.d\.ts$/;

/** One file over the limit. */
export interface LongFile {
  /** Path from the repository's root. */
  readonly file: string;
  readonly lines: number;
  /** Why it is one subject; undefined when its first lines give no reason. */
  readonly reason: string | undefined;
}

/** The file with its length and reason, or undefined when it is short enough. */
export function longFile(file: string, text: string): LongFile | undefined {
  const lines = text.split('\n').length - (text.endsWith('\n') ? 1 : 0);
  if (lines <= MAX_LINES) return undefined;
  const head = text.split('\n', HEAD_LINES).join('\n');
  return { file, lines, reason: REASON.exec(head)?.[1]?.trim() };
}

function sourceFiles(): string[] {
  const listed = execFileSync(
    'git',
    ['ls-files', '--cached', '--others', '--exclude-standard', '*.ts', '*.tsx', '*.js', '*.mjs'],
    { cwd: ROOT, encoding: 'utf8' },
  );
  return listed
    .split('\n')
    .filter((file) => file !== '' && !NOT_SOURCE.test(file) && existsSync(join(ROOT, file)));
}

if (import.meta.main) {
  readArguments(
    `Usage: npm run check:lengths\n\nFails on a source file over ${MAX_LINES} lines that gives no reason.`,
    {},
  );
  const long = sourceFiles().flatMap(
    (file) => longFile(file, readFileSync(join(ROOT, file), 'utf8')) ?? [],
  );
  const unexplained = long.filter(({ reason }) => reason === undefined);
  for (const { file, lines, reason } of long)
    if (reason !== undefined) process.stdout.write(`${file}: ${lines} lines, because ${reason}\n`);
  for (const { file, lines } of unexplained)
    process.stderr.write(
      `${file}: ${lines} lines, ${MAX_LINES} are the limit: split it by subject, or write "Long because …" in its first ${HEAD_LINES} lines\n`,
    );
  process.stdout.write(`file lengths: ${unexplained.length === 0 ? 'ok' : 'FAILED'}\n`);
  process.exitCode = unexplained.length === 0 ? 0 : 1;
}
