// kubectl and helm in a folder of their own, for programs run as a user runs them: a test writes what each answers as a
// function of its arguments. They need no cluster, and note how they were called.
import { spawn } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';

const ROOT = resolve(import.meta.dirname, '../..');

/** A program that ended. */
export interface Ended {
  readonly code: number | null;
  readonly output: string;
}

/** A machine with programs of a test's own. */
export interface FakeCluster {
  readonly folder: string;
  /** How kubectl and helm were called, in order. */
  calls(): string[];
  /** Runs one of deploy/'s programs with them in PATH. */
  run(args: readonly string[], environment?: NodeJS.ProcessEnv, stdin?: string): Promise<Ended>;
  remove(): void;
}

/** A kubeconfig with a context for each name; the first is the current one. */
export function kubeconfig(...contexts: string[]): string {
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': contexts[0] ?? '',
    clusters: contexts.map((name) => ({ name, cluster: { server: `https://${name}:6443` } })),
    users: contexts.map((name) => ({ name, user: { token: `token-of-${name}` } })),
    contexts: contexts.map((name) => ({ name, context: { cluster: name, user: name } })),
  });
}

/**
 * @param answers a JavaScript expression for a function `(text, times) => { stdout?, stderr?, exitCode? } | undefined`, given a program with its
 * arguments as one text, and how often it was called so before; undefined: nothing, exit code 0. `kubectl config view` is
 * answered from the kubeconfigs that KUBECONFIG names.
 */
export function fakeCluster(answers = '() => undefined'): FakeCluster {
  const folder = mkdtempSync(join(tmpdir(), 'fake-cluster-'));
  const log = join(folder, 'calls');
  const programs = join(folder, 'bin');
  mkdirSync(programs);
  writeFileSync(log, '');
  const program = `#!${process.execPath}
const { appendFileSync, existsSync, readFileSync } = require('node:fs');
const args = process.argv.slice(2);
const text = [require('node:path').basename(process.argv[1]), ...args].join(' ');
const before = readFileSync(${JSON.stringify(log)}, 'utf8').split('\\n');
appendFileSync(${JSON.stringify(log)}, text + '\\n');
const read = () => {
  const files = process.env.KUBECONFIG.split(':').filter((file) => existsSync(file));
  const parts = files.map((file) => JSON.parse(readFileSync(file, 'utf8')));
  const all = (key) => parts.flatMap((part) => part[key] ?? []);
  const config = { ...parts[0], clusters: all('clusters'), users: all('users'), contexts: all('contexts') };
  const at = args.indexOf('--context');
  if (at !== -1) config['current-context'] = args[at + 1];
  if (args.includes('--minify')) config.contexts = config.contexts.filter(({ name }) => name === config['current-context']);
  return JSON.stringify(config);
};
const answer = (${answers})(text, before.filter((one) => one === text).length) ??
  (text.startsWith('kubectl config view') ? { stdout: read() } : {});
process.stdout.write(answer.stdout ?? '');
process.stderr.write(answer.stderr ?? '');
process.exitCode = answer.exitCode ?? 0;
`;
  for (const name of ['kubectl', 'helm']) {
    // a .cjs program would need its ending in the name; a folder with a package.json says the same
    writeFileSync(join(programs, name), program);
    chmodSync(join(programs, name), 0o755);
  }
  writeFileSync(join(programs, 'package.json'), '{"type":"commonjs"}');
  return {
    folder,
    calls: () => readFileSync(log, 'utf8').split('\n').filter(Boolean),
    run: (args, environment = {}, stdin = '') =>
      new Promise((done) => {
        const { KUBECONFIG: _, KUBERNETES_SERVICE_HOST: __, ...inherited } = process.env;
        const child = spawn(process.execPath, args, {
          cwd: ROOT,
          env: {
            ...inherited,
            HOME: folder,
            PATH: `${programs}${delimiter}${process.env['PATH'] ?? ''}`,
            ...environment,
          },
          stdio: ['pipe', 'pipe', 'pipe'],
        });
        child.stdin.on('error', () => undefined);
        child.stdin.end(stdin);
        let output = '';
        const read = (chunk: Buffer) => {
          output += chunk.toString();
        };
        child.stdout.on('data', read);
        child.stderr.on('data', read);
        child.once('close', (code) => {
          done({ code, output });
        });
      }),
    remove: () => {
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
