// Break it: what is counted, what is put in when, and who may ask for it. The load runs on a small system made up here; the
// browser test uses the real one.
import { afterEach, describe, expect, test } from 'vitest';
import type { FaultTools } from '../faults/catalogue.ts';
import { FaultRefused, startBreaker, type Breaker } from '../panel/breaker.ts';
import { startControlServer, type ControlServer } from '../panel/control-server.ts';
import { MOST_PER_SECOND, startLoad, type Load } from '../panel/load.ts';
import { LOST_AFTER_MS, NOTHING, startTally, sumOf } from '../panel/tally.ts';
import type { Send } from '../workload/client.ts';

const open: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0)) await close();
});

type Entry = Parameters<ReturnType<typeof startTally>['read']>[0][number];
const created = (title: string, taskId = title): Entry =>
  ({ type: 'todo.task.created.v1', taskId, task: { title } }) as Entry;
const completed = (taskId: string): Entry =>
  ({ type: 'todo.task.completed.v1', taskId, task: { title: 'any' } }) as Entry;

describe('counters', () => {
  test('an accepted command waits for its effect, and then has it', () => {
    const tally = startTally();
    tally.asked('created a');
    expect(tally.counters(0)).toEqual(NOTHING);
    tally.answered('created a', 'accepted', 1_000);
    expect(tally.counters(0)).toEqual({ ...NOTHING, accepted: 1, waiting: 1 });
    expect(tally.isDecided()).toBe(false);
    tally.read([created('a')], 2_000);
    expect(tally.counters(0)).toEqual({ ...NOTHING, accepted: 1, effects: 1 });
    expect(tally.isDecided()).toBe(true);
  });

  test('without its effect it is lost, but only after all was well for long enough', () => {
    const tally = startTally();
    tally.asked('completed x');
    tally.answered('completed x', 'accepted', 1_000);
    const late = 1_000 + LOST_AFTER_MS + 1;
    tally.read([], 1_000 + LOST_AFTER_MS);
    expect(tally.counters(0)).toMatchObject({ waiting: 1, lost: 0 });
    tally.read([], late);
    expect(tally.counters(0)).toMatchObject({ waiting: 0, lost: 1 });
    expect(tally.counters(2_000)).toMatchObject({ waiting: 1, lost: 0 });
    expect(tally.counters(Infinity)).toMatchObject({ waiting: 1, lost: 0 });
    tally.read([completed('x')], late + 1);
    expect(tally.counters(0)).toMatchObject({ effects: 1, lost: 0 });
  });

  test('a second effect, one of a refused command and one that nobody asked for are one too many', () => {
    const tally = startTally();
    for (const mark of ['created a', 'created b', 'created c'] as const) tally.asked(mark);
    tally.answered('created a', 'accepted', 0);
    tally.answered('created b', 'refused', 0);
    tally.read([created('a', '1'), created('a', '2')], 1);
    expect(tally.counters(0)).toMatchObject({ accepted: 1, effects: 1, doubled: 1, refused: 1 });
    tally.read([created('a'), created('b')], 2);
    expect(tally.counters(0)).toMatchObject({ doubled: 1 });
    tally.read([created('a'), created('stranger'), completed('9')], 3);
    expect(tally.counters(0)).toMatchObject({ doubled: 2 });
    // Its answer is on its way still: not too many, and not counted yet.
    tally.read([created('a'), created('c')], 4);
    expect(tally.counters(0)).toMatchObject({ accepted: 1, effects: 1, doubled: 0 });
  });

  test('a command without an answer counts as accepted once its effect shows that it was', () => {
    const tally = startTally();
    tally.asked('created a');
    tally.answered('created a', 'unknown', 0);
    tally.read([], 10 * LOST_AFTER_MS);
    expect(tally.counters(0)).toEqual({ ...NOTHING, unanswered: 1 });
    tally.read([created('a')], 11 * LOST_AFTER_MS);
    expect(tally.counters(0)).toEqual({ ...NOTHING, accepted: 1, effects: 1 });
  });

  test('accepted is always effects, waiting and lost together', () => {
    let state = 42;
    const below = (end: number): number => (state = (state * 48_271) % 2_147_483_647) % end;
    for (let round = 0; round < 200; round++) {
      const tally = startTally();
      const entries: Entry[] = [];
      for (let number = 0; number < 20; number++) {
        tally.asked(`created ${number}`);
        const outcome = (['accepted', 'refused', 'unknown'] as const)[below(3)];
        if (outcome && below(5) > 0) tally.answered(`created ${number}`, outcome, below(60_000));
        for (let times = below(3); times > 0; times--) entries.push(created(String(number)));
      }
      tally.read(entries, below(120_000));
      const { accepted, effects, waiting, lost } = tally.counters(below(60_000));
      expect(effects + waiting + lost).toBe(accepted);
    }
  });

  test('are summed by name', () => {
    const one = { ...NOTHING, accepted: 1, lost: 2 };
    expect(sumOf([])).toEqual(NOTHING);
    expect(sumOf([one, one])).toEqual({ ...NOTHING, accepted: 2, lost: 4 });
  });
});

/** A system with one service that keeps every task, and forgets or repeats as it is told. */
function madeUp(): { send: Send; calls: string[]; entries: Entry[]; answers: { status: number } } {
  const calls: string[] = [];
  const entries: Entry[] = [];
  const answers = { status: 201 };
  const keys = new Map<string, string>();
  const done = new Set<string>();
  const send: Send = ({ method, path, body, headers }) => {
    const reply = (status: number, text: unknown) =>
      Promise.resolve({
        ...{ status, tries: 1, inDoubt: false },
        text: typeof text === 'string' ? text : JSON.stringify(text),
      });
    if (method === 'GET') {
      const lines = entries.map((entry) =>
        JSON.stringify({
          ...{ eventId: 'e', source: 's', version: 1, at: 'now', before: null, ...entry },
          task: { id: entry.taskId, version: 1, status: 'open', ...entry.task },
        }),
      );
      return reply(200, lines.join('\n'));
    }
    calls.push(path);
    if (answers.status !== 201) return reply(answers.status, '');
    const completing = /tasks\/(.*)\/complete$/.exec(path)?.[1];
    if (completing !== undefined) {
      if (!done.has(completing)) entries.push(completed(completing));
      done.add(completing);
      return reply(200, { ...task(completing), status: 'done' });
    }
    const key = headers?.['idempotency-key'] ?? '';
    const known = keys.get(key);
    if (known !== undefined) return reply(201, task(known));
    const id = `task-${keys.size}`;
    keys.set(key, id);
    entries.push(created((body as { title: string }).title, id));
    return reply(201, task(id));
  };
  return { send, calls, entries, answers };
}
const task = (id: string): object => ({
  ...{ id, version: 1, title: 't', status: 'open', seriesId: null, occurrence: 1 },
});

/** A load on a made-up system for each person. */
function load(more: { doubles?: boolean; status?: number } = {}): {
  started: Load;
  systems: ReturnType<typeof madeUp>[];
} {
  const systems: ReturnType<typeof madeUp>[] = [];
  const calm = Date.now();
  const started = startLoad({
    join: () => {
      const system = madeUp();
      system.answers.status = more.status ?? 201;
      systems.push(system);
      return Promise.resolve(system.send);
    },
    calmSince: () => calm,
    doubles: () => more.doubles ?? false,
  });
  open.push(started.stop);
  return { started, systems };
}

describe('load', () => {
  test('does nothing until it is set, gives commands, and counts their effects', async () => {
    const { started } = load();
    expect(started.state()).toEqual({ perSecond: 0, endsAt: null });
    expect(started.counters()).toEqual(NOTHING);
    started.set(MOST_PER_SECOND);
    expect(started.state()).toMatchObject({ perSecond: MOST_PER_SECOND });
    expect(started.state().endsAt).toBeGreaterThan(Date.now());
    await expect.poll(() => started.counters().effects).toBeGreaterThan(20);
    started.set(0);
    await expect.poll(() => started.counters().waiting).toBe(0);
    const { accepted, effects, lost, doubled } = started.counters();
    expect([effects, lost, doubled]).toEqual([accepted, 0, 0]);
    expect(started.state()).toEqual({ perSecond: 0, endsAt: null });
  });

  test('sends each command twice while that is wanted, with one effect', async () => {
    const { started, systems } = load({ doubles: true });
    started.set(MOST_PER_SECOND);
    await expect.poll(() => systems.flatMap(({ calls }) => calls).length).toBeGreaterThan(12);
    started.set(0);
    const both = (): number[] => {
      const { effects, doubled } = started.counters();
      return [systems.flatMap(({ calls }) => calls).length - 2 * effects, doubled];
    };
    await expect.poll(both).toEqual([0, 0]);
  });

  test('finds an effect that is there twice', async () => {
    const { started, systems } = load();
    started.set(MOST_PER_SECOND);
    await expect.poll(() => started.counters().effects).toBeGreaterThan(0);
    const entries = systems.find((one) => one.entries.length > 0)?.entries ?? [];
    entries.push(...entries.slice(0, 1));
    await expect.poll(() => started.counters().doubled).toBe(1);
  });

  test('counts what is refused and what has no answer', async () => {
    const { started, systems } = load({ status: 422 });
    started.set(MOST_PER_SECOND);
    await expect.poll(() => started.counters().refused).toBeGreaterThan(0);
    for (const { answers } of systems) answers.status = 0;
    await expect.poll(() => started.counters().unanswered).toBeGreaterThan(0);
    expect(started.counters()).toMatchObject({ accepted: 0, lost: 0, doubled: 0 });
  });
});

function breaker(more: Partial<Parameters<typeof startBreaker>[0]> = {}): {
  breaker: Breaker;
  doubles: boolean[];
} {
  const doubles: boolean[] = [];
  const tools = {
    doubleCommands: (on: boolean) => doubles.push(on),
    poison: () => Promise.resolve(),
    redeliver: () => Promise.resolve(false),
    disturbed: { system: { kill: () => true, parts: [] } },
  } as unknown as FaultTools;
  const started = startBreaker({
    layout: { pubsub: 'postgresql', replicas: 2 },
    ...{ tools, waitUntilHealthy: () => Promise.resolve(), say: () => undefined },
    ...more,
  });
  open.push(started.stop);
  return { breaker: started, doubles };
}

describe('faults by hand', () => {
  test('one of parts at a time, and beside it one of what is sent', async () => {
    let healthy: () => void = () => undefined;
    const waitUntilHealthy = (): Promise<void> =>
      new Promise((resolve) => {
        healthy = resolve;
      });
    const { breaker: one } = breaker({ waitUntilHealthy });
    expect(one.calmSince()).toBeLessThanOrEqual(Date.now());
    expect(one.put('kill', 'audit-2')).toMatchObject({
      name: 'kill',
      target: 'audit-2',
      number: 1,
    });
    expect(one.calmSince()).toBe(Infinity);
    expect(() => one.put('pause', undefined)).toThrow(FaultRefused);
    expect(one.put('double-commands', undefined)).toMatchObject({ number: 2, phase: 'in' });
    expect(() => one.put('poison', undefined)).toThrow(/double-commands is in/);
    await expect
      .poll(() => one.state().current.find(({ name }) => name === 'kill')?.phase)
      .toBe('healing');
    expect(() => one.put('kill', undefined)).toThrow(/recovers from kill/);
    await expect
      .poll(() => {
        healthy();
        return one.state().past[0];
      })
      .toMatchObject({ name: 'kill', target: 'audit-2', healthyAt: expect.any(Number) as number });
    expect(one.put('end', undefined).number).toBe(3);
  });

  test('a target that the fault cannot hit is refused', () => {
    const { breaker: one } = breaker();
    expect(() => one.put('kill', 'web')).toThrow('kill cannot hit web');
    expect(() => one.put('crash-database', 'audit')).toThrow(FaultRefused);
    expect(one.state()).toEqual({ current: [], past: [] });
  });

  test('what could not be put in, and a system that does not recover, are recorded', async () => {
    const { breaker: one } = breaker({ waitUntilHealthy: () => Promise.reject(new Error('no')) });
    one.put('redeliver', undefined);
    await expect.poll(() => one.state().past.length).toBe(1);
    expect(one.state().past).toMatchObject([
      { problem: 'no event of the past yet', healthyAt: null },
    ]);
    expect(one.calmSince()).toBeLessThanOrEqual(Date.now());
  });

  test('a stop ends what is in, at once, and nothing begins after it', async () => {
    const { breaker: one, doubles } = breaker();
    one.put('double-commands', undefined);
    await one.stop();
    expect(doubles).toEqual([true, false]);
    expect(one.state()).toMatchObject({ current: [], past: [{ name: 'double-commands' }] });
    expect(() => one.put('kill', undefined)).toThrow(/stopping/);
  });
});

const TOKEN = 'a-token-of-some-length';

async function server(): Promise<ControlServer> {
  const started = await startControlServer(TOKEN);
  open.push(started.close);
  return started;
}
async function ask(
  { url }: ControlServer,
  method: string,
  path: string,
  body?: unknown,
  authorization = `Bearer ${TOKEN}`,
): Promise<{ status: number; body: Record<string, unknown> }> {
  const response = await fetch(`${url}${path}`, {
    ...{ method, headers: { authorization } },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  return {
    status: response.status,
    body: (await response.json()) as Record<string, unknown>,
  };
}

describe('the control server', () => {
  test('is on this machine only, and answers nobody without the token', async () => {
    const one = await server();
    expect(new URL(one.url).hostname).toBe('127.0.0.1');
    one.control(controlled());
    for (const wrong of ['', 'Bearer ', `Bearer ${TOKEN}x`, `bearer ${TOKEN}`, `Basic ${TOKEN}`])
      for (const [method, path] of [
        ['GET', '/state'],
        ['POST', '/faults'],
        ['PUT', '/load'],
        ['GET', '/other'],
      ] as const)
        expect(await ask(one, method, path, undefined, wrong)).toMatchObject({ status: 401 });
  });

  test('before the system is up it says so', async () => {
    expect(await ask(await server(), 'GET', '/state')).toMatchObject({ status: 503 });
  });

  test('gives the state, puts faults in, and sets the load', async () => {
    const one = await server();
    const what = controlled();
    one.control(what);
    const state = await ask(one, 'GET', '/state');
    expect(state).toMatchObject({
      status: 200,
      body: { parts: 9, unhealthy: ['audit'], counters: NOTHING, current: [], past: [] },
    });
    expect(state.body['load']).toEqual({ perSecond: 0, endsAt: null, most: MOST_PER_SECOND });
    const faults = state.body['faults'] as { name: string; targets: string[]; what: string }[];
    expect(faults.map(({ name }) => name)).toContain('crash-database');
    expect(faults.every(({ targets, what: words }) => targets.length > 0 && words !== '')).toBe(
      true,
    );

    expect(await ask(one, 'POST', '/faults', { fault: 'double-commands' })).toMatchObject({
      status: 202,
      body: { number: 1, target: 'people' },
    });
    expect(await ask(one, 'POST', '/faults', { fault: 'poison' })).toMatchObject({ status: 409 });
    expect(await ask(one, 'PUT', '/load', { perSecond: 3 })).toMatchObject({
      status: 200,
      body: { perSecond: 3 },
    });
    expect(what.load.state().perSecond).toBe(3);
    expect(await ask(one, 'PUT', '/load', { perSecond: 0 })).toMatchObject({ status: 200 });
  });

  test('names what is wrong with a request', async () => {
    const one = await server();
    one.control(controlled());
    const wrong: [string, string, unknown, string][] = [
      ['POST', '/faults', { fault: 'flood' }, 'fault: expected the name of a fault'],
      ['POST', '/faults', { fault: 'toString' }, 'fault: expected the name of a fault'],
      ['POST', '/faults', {}, 'fault: '],
      ['POST', '/faults', 'nonsense', 'expected a JSON body'],
      ['POST', '/faults', JSON.stringify('x'.repeat(5_000)), 'at most 4096 bytes'],
      ['PUT', '/load', { perSecond: -1 }, 'perSecond: expected 0 or more'],
      ['PUT', '/load', { perSecond: 21 }, 'perSecond: expected at most 20'],
      ['PUT', '/load', { perSecond: 1.5 }, 'perSecond: expected a whole number'],
    ];
    for (const [method, path, body, text] of wrong) {
      const { status, body: said } = await ask(one, method, path, body);
      expect([status, said['detail']]).toEqual([400, expect.stringContaining(text)]);
    }
    expect(await ask(one, 'DELETE', '/state')).toMatchObject({ status: 404 });
  });
});

function controlled(): Parameters<ControlServer['control']>[0] {
  return {
    ...{ breaker: breaker().breaker, load: load().started },
    health: () => ({ parts: 9, unhealthy: ['audit'] }),
  };
}
