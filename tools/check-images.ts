// `npm run check:images`: every image of others is named with its digest, so that a build of one commit starts from the same bytes
// whenever it runs. Looked for in Dockerfiles (FROM, COPY --from, RUN --mount, the syntax line), in `image:` of YAML, and among
// the pipeline's own (ci/src/versions.ts). Charts take the system's images by digest from whoever deploys them.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { readArguments } from '@todo/deploy/run/usage';
import { WITHOUT_DIGEST } from './images-without-digest.ts';

const ROOT = join(import.meta.dirname, '..');
/** The pipeline's own images: constants with a reference. */
const VERSIONS = 'ci/src/versions.ts';
/** Tests and records of the past may name any. */
const NOT_CHECKED = /(^|\/)(tests|conformance|golden|benchmarks)\//;
/** A reference with a digest, after a name and perhaps a tag. */
const BY_DIGEST = /^[^\s@]+@sha256:[0-9a-f]{64}$/;

/** An image that a file names. */
export interface NamedImage {
  readonly reference: string;
  /** From 1. */
  readonly line: number;
}

/** The images of others that a file names. @param file its path, which says what kind it is */
export function imagesIn(file: string, text: string): NamedImage[] {
  if (/(^|[.-])(Dockerfile|Containerfile)([.-]|$)/i.test(basename(file))) return ofDockerfile(text);
  if (/\.ya?ml$/.test(file)) return ofYaml(text);
  return file === VERSIONS ? ofConstants(text) : [];
}

/** What is wrong with the images of some files. @param files path → text @param without references that may lack a digest */
export function imageProblems(
  files: ReadonlyMap<string, string>,
  without: readonly string[],
): string[] {
  const needed = new Set<string>();
  const problems = [...files].flatMap(([file, text]) =>
    imagesIn(file, text).flatMap(({ reference, line }) => {
      if (BY_DIGEST.test(reference)) return [];
      needed.add(reference);
      if (without.includes(reference)) return [];
      return [
        `${file}:${line}: ${reference || 'an image without a default'}: expected a digest (name:tag@sha256:…)`,
      ];
    }),
  );
  const stale = without.filter((reference) => !needed.has(reference));
  return [
    ...problems,
    ...stale.map((reference) => `tools/images-without-digest.ts: nothing needs ${reference}`),
  ];
}

/** One instruction of a Dockerfile, with its continued lines, and where it begins. */
function instructions(text: string): { words: string[]; line: number }[] {
  const found: { words: string[]; line: number }[] = [];
  let [open, begun] = ['', 0];
  for (const [index, raw] of text.split(/\r?\n/).entries()) {
    if (/^\s*(#|$)/.test(raw)) continue; // also between continued lines
    if (open === '') begun = index + 1;
    open += ` ${raw.replace(/\\\s*$/, '')}`;
    if (/\\\s*$/.test(raw)) continue;
    found.push({ words: open.trim().split(/\s+/), line: begun });
    open = '';
  }
  return found;
}

function ofDockerfile(text: string): NamedImage[] {
  const defaults = new Map<string, string>();
  const stages = new Set<string>(['scratch']);
  const found: NamedImage[] = [];
  const take = (written: string, line: number): void => {
    const reference = withDefaults(written, defaults);
    const isStage = stages.has(reference.toLowerCase()) || /^\d+$/.test(reference);
    if (!isStage) found.push({ reference, line });
  };
  const syntax = /^#\s*syntax\s*=\s*(\S+)/i.exec(text)?.[1];
  if (syntax !== undefined) take(syntax, 1);
  for (const { words, line } of instructions(text)) {
    const [name = '', ...rest] = words;
    switch (name.toUpperCase()) {
      case 'ARG':
        for (const [, key = '', value = ''] of rest.map((word) => /^(\w+)=(.*)$/.exec(word) ?? []))
          if (key !== '') defaults.set(key, value.replace(/^(["'])(.*)\1$/, '$2'));
        break;
      case 'FROM': {
        const [image = '', as = '', stage = ''] = rest.filter((word) => !word.startsWith('--'));
        take(image, line);
        if (as.toUpperCase() === 'AS') stages.add(stage.toLowerCase());
        break;
      }
      case 'COPY':
      case 'ADD':
      case 'RUN':
        for (const word of rest.filter((one) => one.startsWith('--')))
          for (const [, from = ''] of word.matchAll(/(?:^--from=|[=,]from=)([^,\s]+)/g))
            take(from, line);
    }
  }
  return found;
}

/** `${NAME}`, `$NAME` and `${NAME:-other}` in a reference; '' where a name has no default. */
function withDefaults(written: string, defaults: ReadonlyMap<string, string>): string {
  return written
    .replace(/^(["'])(.*)\1$/, '$2')
    .replace(
      /\$\{(\w+)(?::?-([^}]*))?\}|\$(\w+)/g,
      (_all, braced: string | undefined, other: string | undefined, plain: string | undefined) =>
        defaults.get(braced ?? plain ?? '') || (other ?? ''),
    );
}

/** `image:` with a reference as it is; what a template or a patch puts in has none here. */
function ofYaml(text: string): NamedImage[] {
  return text.split(/\r?\n/).flatMap((written, index) => {
    const reference = /^\s*(?:-\s+)?image:\s*["']?([a-z0-9][^\s"'#]*)/.exec(written)?.[1];
    return reference === undefined ? [] : [{ reference, line: index + 1 }];
  });
}

function ofConstants(text: string): NamedImage[] {
  return text.split(/\r?\n/).flatMap((written, index) => {
    const reference = /^export const \w+ =\s*'([^':]+(?::\d+\/[^':]+)?[:@][^']+)'/.exec(
      written,
    )?.[1];
    return reference === undefined ? [] : [{ reference, line: index + 1 }];
  });
}

function readFiles(): Map<string, string> {
  const listed = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  const files = listed
    .split('\n')
    .filter((file) => /Dockerfile|Containerfile|\.ya?ml$/i.test(file) || file === VERSIONS)
    .filter((file) => !NOT_CHECKED.test(file) && existsSync(join(ROOT, file)));
  return new Map(files.map((file) => [file, readFileSync(join(ROOT, file), 'utf8')]));
}

if (import.meta.main) {
  readArguments(
    'Usage: npm run check:images\n\nFails where an image of others is named without its digest.',
    {},
  );
  const problems = imageProblems(readFiles(), WITHOUT_DIGEST);
  process.stderr.write(problems.map((problem) => `${problem}\n`).join(''));
  const outcome = problems.length > 0 ? 'FAILED' : 'ok';
  process.stdout.write(`images: ${outcome}, ${WITHOUT_DIGEST.length} without a digest yet\n`);
  process.exitCode = problems.length === 0 ? 0 : 1;
}
