// Builds daprd from its Go module, as released or with one change: the stand-in for a release that is not out yet.
import { cp, chmod, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { execa } from 'execa';
import { describe } from '../errors.ts';

/** A change of one line of Dapr's source. */
export interface SourceChange {
  /** Path in the module. */
  file: string;
  /** Must be in the file exactly once, or the build fails. */
  line: string;
  becomes: string;
  /** Appended to the version that the program reports. */
  name: string;
}

/**
 * dapr/dapr#10472, merged after 1.18.3: an app gets a pluggable component's messages side by side again. From 1.16.0 on
 * daprd waits for the answer to each message before it reads the next (dapr/dapr#10470).
 */
export const CONCURRENT_DELIVERIES: SourceChange = {
  file: 'pkg/components/pubsub/pluggable.go',
  line: '\t\t\thandle(msg)\n',
  becomes: '\t\t\tgo handle(msg)\n',
  name: 'concurrent',
};

/**
 * Builds inside the unpacked module: `go install module@version` refuses modules with `replace` lines, as Dapr's.
 * All packages are compiled once, about 9 minutes on 2 cores; Go keeps them, so an interrupted build goes on. With a change,
 * the module is copied first: Go's cache of modules is read-only, and `go build -overlay` refuses files in it.
 *
 * @param options.version - of Dapr, like 1.18.2
 * @param options.install - gets the finished program and a line that says what it was built from
 * @throws Error with the compiler's last lines, or when there is no Go, or the line to change is not there exactly once
 */
export async function buildDaprd(options: {
  version: string;
  change?: SourceChange;
  install: (file: string, builtFrom: string) => Promise<void>;
  say: (line: string) => void;
}): Promise<void> {
  const { change, say } = options;
  const go = await execa('go', ['version']).catch(() => undefined);
  if (!go) throw new Error('no `go` on PATH');
  const module = `github.com/dapr/dapr@v${options.version}`;
  const version = change ? `${options.version}-${change.name}` : options.version;
  say(`building daprd ${version} with ${go.stdout} (once per machine, about 9 minutes on 2 cores)`);
  const folder = await mkdtemp(join(tmpdir(), 'todo-daprd-'));
  try {
    const env = { CGO_ENABLED: '0', GOWORK: 'off', GOFLAGS: '-buildvcs=false' };
    say(`fetching ${module}`);
    const { stdout } = await execa('go', ['mod', 'download', '-json', module], {
      cwd: folder,
      env,
    });
    const { Dir } = JSON.parse(stdout) as { Dir: string };
    const source = change ? await changedCopy(Dir, join(folder, 'source'), change) : Dir;
    const output = join(folder, 'daprd');
    await compile({ source, output, version, env, say });
    const changed = change ? `, ${change.name}: ${change.file}` : '';
    await options.install(output, `built from ${module}${changed} with ${go.stdout}\n`);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function changedCopy(module: string, copy: string, change: SourceChange): Promise<string> {
  await cp(module, copy, { recursive: true });
  for (const entry of await readdir(copy, { recursive: true, withFileTypes: true }))
    if (entry.isDirectory()) await chmod(join(entry.parentPath, entry.name), 0o755);
  const file = join(copy, change.file);
  const [before, after, ...more] = (await readFile(file, 'utf8')).split(change.line);
  if (before === undefined || after === undefined || more.length > 0)
    throw new Error(`${change.file} does not hold the line to change exactly once`);
  await rm(file); // a copy of a read-only file
  await writeFile(file, `${before}${change.becomes}${after}`);
  return copy;
}

async function compile(options: {
  source: string;
  output: string;
  version: string;
  env: Record<string, string>;
  say: (line: string) => void;
}): Promise<void> {
  const { source, env, say } = options;
  const tags = ['-tags', 'allcomponents'];
  const list = await execa('go', ['list', '-deps', ...tags, './cmd/daprd'], { cwd: source, env });
  const total = list.stdout.split('\n').length;
  const flags = ['-s', '-w', `-X github.com/dapr/dapr/pkg/buildinfo.version=${options.version}`];
  const build = execa(
    'go',
    ['build', '-v', ...tags, '-ldflags', flags.join(' '), '-o', options.output, './cmd/daprd'],
    { cwd: source, env, buffer: false, stdin: 'ignore', stdout: 'ignore', stderr: 'pipe' },
  );
  // -v prints each package as it is compiled; what Go has already is not printed.
  let compiled = 0;
  const errors: string[] = [];
  const started = Date.now();
  createInterface({ input: build.stderr }).on('line', (line) => {
    if (/^[\w./~+-]+$/.test(line)) compiled++;
    else errors.push(line);
  });
  const ticker = setInterval(() => {
    const minutes = ((Date.now() - started) / 60_000).toFixed(1);
    say(`building daprd: ${compiled} of at most ${total} packages after ${minutes} min`);
  }, 20_000);
  try {
    await build;
  } catch (error) {
    throw new Error(errors.slice(-5).join('; ') || describe(error), { cause: error });
  } finally {
    clearInterval(ticker);
  }
}
