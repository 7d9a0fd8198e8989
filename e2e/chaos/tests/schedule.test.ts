// A seed's faults are the same each time, and the engine ends what it begins.
import { expect, test } from 'vitest';
import { FAULT_NAMES, FAULTS, type FaultTools } from '../faults/catalogue.ts';
import { startFaults } from '../faults/engine.ts';
import { scheduleOf, schedulesOf, type Planned } from '../faults/schedule.ts';
import { readOptions, type GivenOptions } from '../options.ts';

const LAYOUT = { pubsub: 'postgresql', replicas: 2 } as const;
const KAFKA = { pubsub: 'kafka', replicas: 1 } as const;

function first(seed: number, count: number): Planned[] {
  const schedule = scheduleOf(seed, FAULT_NAMES, LAYOUT);
  return Array.from({ length: count }, () => schedule.next().value);
}

test('the same seed gives the same faults, another seed others', () => {
  expect(first(7, 50)).toEqual(first(7, 50));
  expect(first(7, 50)).not.toEqual(first(8, 50));
});

test('every fault comes, on targets of its own, and lasts as long as it may', () => {
  const planned = first(1, 400);
  expect(new Set(planned.map(({ name }) => name))).toEqual(new Set(FAULT_NAMES));
  for (const { name, target, lastsMs } of planned) {
    const [from, to] = FAULTS[name].lastsMs;
    expect(FAULTS[name].targets(LAYOUT)).toContain(target);
    expect(lastsMs).toBeGreaterThanOrEqual(from);
    expect(lastsMs).toBeLessThanOrEqual(to);
  }
});

test('faults of what is sent have a schedule of their own, and no names have none', () => {
  const names = ['kill', 'poison', 'cut'] as const;
  const [parts, traffic, ...more] = schedulesOf(3, names, KAFKA);
  expect(more).toEqual([]);
  expect(traffic?.next().value.name).toBe('poison');
  expect(['kill', 'cut']).toContain(parts?.next().value.name);
  expect(schedulesOf(3, ['kill'], KAFKA)).toHaveLength(1);
  expect(schedulesOf(3, [], KAFKA)).toEqual([]);
});

test('a fault that is in when the engine stops is ended, and recorded', async () => {
  const doubles: boolean[] = [];
  const tools = { doubleCommands: (on: boolean) => doubles.push(on) };
  const planned = { name: 'double-commands', target: 'people' } as const;
  const schedule = function* (): Generator<Planned, never> {
    for (;;) yield { ...planned, afterMs: 0, lastsMs: 3_600_000, seed: 1 };
  };
  const lines: string[] = [];
  const engine = startFaults([schedule()], tools as unknown as FaultTools, (line) => {
    lines.push(line);
  });
  await expect.poll(() => doubles).toEqual([true]);
  await engine.stop();
  expect(doubles).toEqual([true, false]);
  expect(engine.records).toMatchObject([{ number: 1, name: 'double-commands' }]);
  expect(lines.join('\n')).toMatch(/begins.*\n.*ended/);
});

test('a fault that cannot be put in is recorded with the reason', async () => {
  const tools = { redeliver: () => Promise.resolve(false) };
  const planned = { name: 'redeliver', target: 'task-events' } as const;
  const schedule = function* (): Generator<Planned, never> {
    for (;;) yield { ...planned, afterMs: 5, lastsMs: 0, seed: 1 };
  };
  const engine = startFaults([schedule()], tools as unknown as FaultTools, () => undefined);
  await expect.poll(() => engine.records.length).toBeGreaterThan(0);
  await engine.stop();
  expect(engine.records[0]?.problem).toBe('no event of the past yet');
});

const GIVEN: GivenOptions = {
  ...{
    seed: '5',
    users: '3',
    commands: '10',
    seconds: '0',
    replicas: '2',
    pubsub: 'kafka',
    faults: 'kill, cut',
  },
  ...{ 'think-ms': '0', patience: '60', 'port-base': '7400', runs: '1', mutant: '' },
};

test('options are read', () => {
  expect(readOptions(GIVEN)).toMatchObject({
    options: { seed: 5, users: 3, pubsub: 'kafka', faults: ['kill', 'cut'], patienceMs: 60_000 },
  });
  expect(readOptions(GIVEN)).toMatchObject({ options: { forMs: undefined, replicas: 2 } });
  expect(readOptions({ ...GIVEN, seconds: '20' })).toMatchObject({ options: { forMs: 20_000 } });
  expect(readOptions({ ...GIVEN, faults: 'none' })).toMatchObject({ options: { faults: [] } });
});

test('every wrong option is named at once', () => {
  const wrong = { seed: '-1', users: '0', pubsub: 'redis', faults: 'kill,flood' };
  const read = readOptions({ ...GIVEN, ...wrong });
  const problems = 'problems' in read ? read.problems.join('\n') : '';
  for (const word of ['--seed -1', '--users 0', '--pubsub redis', '--faults flood'])
    expect(problems).toContain(word);
});
