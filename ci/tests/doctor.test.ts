// What doctor says of an engine, its machine, a registry and a cluster.
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { dag } from '@dagger.io/dagger';
import { describe, expect, test } from 'vitest';
import { engineFinding, machineFindings, renderFindings } from '../src/findings.ts';
import { Registry, Todo } from '../src/index.ts';
import type { MachineFacts } from '../src/machine-facts.ts';
import { IMAGES } from '../src/reference.ts';
import { callsOf, record } from './recording-engine.ts';
import type { Answer } from './recording-engine.ts';

const GIB = 1024 ** 3;
const GOOD: MachineFacts = {
  ...{ cores: 4, memory: 16 * GIB, diskFree: 80 * GIB, diskTotal: 200 * GIB, cgroup: 'v2' },
  ...{ controllers: ['cpuset', 'cpu', 'io', 'memory', 'pids'], clockAhead: 400 },
};
const statesOf = (facts: Partial<MachineFacts>) =>
  Object.fromEntries(
    machineFindings({ ...GOOD, ...facts }).map(({ what, state }) => [what, state]),
  );

describe('the engine', () => {
  test.each([
    ['v0.21.9', 'v0.21.9', 'ok'],
    ['0.21.9', 'v0.21.9', 'ok'],
    ['v0.21.8', 'v0.21.9', 'warn'],
    ['v1.0.0-beta.14', 'v0.21.9', 'fail'],
    ['v0.20.1', 'v0.21.9', 'fail'],
  ])('%s where %s is wanted: %s', (running, wanted, state) => {
    const finding = engineFinding(running, wanted);
    expect(finding.state).toBe(state);
    expect(finding.next === undefined).toBe(state === 'ok');
  });
});

describe('the machine', () => {
  test('is well', () => {
    expect(new Set(Object.values(statesOf({})))).toEqual(new Set(['ok']));
  });
  test.each([
    ['disk', { diskFree: 30 * GIB }, 'warn'],
    ['disk', { diskFree: 2 * GIB }, 'fail'],
    ['cores and memory', { memory: 4 * GIB }, 'warn'],
    ['cgroups', { cgroup: 'v1', controllers: [] }, 'warn'],
    ['cgroups', { controllers: ['memory', 'pids'] }, 'fail'],
    ['clock', { clockAhead: -300_000 }, 'fail'],
    ['clock', { clockAhead: 90_000 }, 'fail'],
    ['clock', { clockAhead: null }, 'skip'],
  ] as const)('%s of %j: %s, with what to do', (what, facts, state) => {
    expect(statesOf(facts)).toMatchObject({ [what]: state });
    const [finding] = machineFindings({ ...GOOD, ...facts }).filter((one) => one.what === what);
    if (state !== 'skip') expect(finding?.next).toBeTruthy();
  });
  test('is read by a program that runs here too', () => {
    const said = execFileSync(process.execPath, [
      join(import.meta.dirname, '../src/machine-facts.ts'),
    ]);
    const facts = JSON.parse(said.toString()) as MachineFacts;
    expect(facts.cores).toBeGreaterThan(0);
    expect(facts.diskTotal).toBeGreaterThan(facts.diskFree);
    expect(facts.clockAhead).toBeNull();
  });
});

test('text: one line each, what to do below it', () => {
  expect(
    renderFindings([
      { state: 'ok', what: 'disk', found: '80 GiB' },
      { state: 'fail', what: 'clock', found: 'late', next: 'set it' },
    ]),
  ).toBe('ok    disk   80 GiB\nFAIL  clock  late\n             set it\n');
});

describe('the call', () => {
  const VIEW = JSON.stringify({
    'current-context': 'c',
    contexts: [{ name: 'c', context: { cluster: 'k', user: 'u' } }],
    clusters: [{ name: 'k', cluster: { server: 'https://10.0.0.1:6443' } }],
    users: [{ name: 'u', user: { token: 'REDACTED' } }],
  });
  const answers =
    (access: string): Answer =>
    (pipeline, command) => {
      const text = command.join(' ');
      const last = pipeline.at(-1)?.field;
      if (last === 'version') return 'v0.21.9';
      if (last === 'contents') return '{"engineVersion":"v0.21.9"}';
      if (last === 'plaintext') return 'c4nary';
      if (last !== 'stdout') return undefined;
      if (text.includes('machine-facts')) return JSON.stringify(GOOD);
      if (text.includes('push-access'))
        return IMAGES.map(({ name }) =>
          JSON.stringify({ repository: name, access, detail: '401 on x' }),
        ).join('\n');
      if (text.startsWith('kubectl config view')) return VIEW;
      if (text.startsWith('kubectl version')) return '{"serverVersion":{"gitVersion":"v1.36.2"}}';
      return undefined;
    };
  const all = () =>
    new Todo(dag.directory()).doctor(
      ...([Registry.GHCR, undefined, undefined, 'acme', 'bot'] as const),
      ...([dag.setSecret('t', 'c4nary'), 'todo', dag.setSecret('k', 'c4nary')] as const),
    );

  test('asks nobody it was not told of', async () => {
    const { result, recording } = await record(
      () => new Todo(dag.directory()).doctor(),
      answers('granted'),
    );
    expect(result).toMatch(/^ok {4}engine/);
    expect(result).toMatch(/\n- .* registry .* give --registry/);
    expect(callsOf(recording, 'withMountedSecret')).toEqual([]);
  });
  test('all is well', async () => {
    const { result } = await record(all, answers('granted'));
    expect(result).toMatch(/ok {4}registry .*bot may push to ghcr\.io\/acme\/todo/);
    expect(result).toMatch(/ok {4}cluster .*answers, Kubernetes v1\.36\.2/);
    expect(result).not.toContain('c4nary');
  });
  test('a refused login is one line among the others', async () => {
    const failed = record(all, answers('refused'));
    await expect(failed).rejects.toThrow(/^doctor: some checks failed\n\nok {4}engine/);
    await expect(failed).rejects.toThrow(
      /FAIL {2}registry .*ghcr\.io refused the login of bot[\s\S]*write:packages[\s\S]*ok {4}cluster/,
    );
  });
  test('what is missing for the registry is said, and nothing of the rest is lost', async () => {
    const failed = record(
      () => new Todo(dag.directory()).doctor(Registry.OCIR),
      answers('granted'),
    );
    await expect(failed).rejects.toThrow(/FAIL {2}registry .*--region is missing[\s\S]*--token is/);
  });
});
