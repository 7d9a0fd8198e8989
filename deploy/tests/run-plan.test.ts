// The one runner of a plan, with a clock and commands of the test: the lock under a cluster that stutters, interrupts in each
// phase, failures on the way back.
import { describe, expect, test } from 'vitest';
import { LOCK_LOST, NOTHING_BEFORE } from '../src/plan/plan.ts';
import type { Plan, Step } from '../src/plan/plan.ts';
import { removalPlan } from '../src/plan/removal.ts';
import { CONFIRM_MS } from '../src/run/keep-lock.ts';
import { play } from './fake-machine.ts';
import type { Behaviour, Played } from './fake-machine.ts';

const step = (id: string, timeoutSeconds = 600): Step => ({
  ...{ id, title: `Title of ${id}`, argv: [id], timeoutSeconds },
  showOnFailure: [{ argv: ['look', 'at', id], timeoutSeconds: 30 }],
});

const PLAN: Plan = {
  environment: 'cloud',
  namespace: 'todo',
  preflight: [step('check')],
  lock: {
    acquire: { ...step('acquire'), showOnFailure: [] },
    renew: { argv: ['renew'], timeoutSeconds: 15 },
    release: { argv: ['release'], timeoutSeconds: 30 },
    leaseSeconds: 45,
    renewEverySeconds: 10,
  },
  preparation: [step('record')],
  changes: [step('first'), step('second')],
  diagnosis: [{ argv: ['diagnose'], timeoutSeconds: 60 }],
  rollBack: { argv: ['roll-back'], timeoutSeconds: 900 },
};

/** Commands by their name, renewals left out. */
const order = ({ ran }: Played) => ran.map(({ text }) => text).filter((text) => text !== 'renew');
const renewals = ({ ran }: Played) => ran.filter(({ text }) => text === 'renew');
const named = ({ ran }: Played, text: string) => ran.find((one) => one.text === text)!;

/** Behaviours by command; a function is given how often the command was run before. */
const commands =
  (behaviours: Record<string, Behaviour | ((times: number) => Behaviour | undefined)>) =>
  (text: string, times: number) => {
    const behaviour = behaviours[text];
    return typeof behaviour === 'function' ? behaviour(times) : behaviour;
  };

const BLIP: Behaviour = { exitCode: 1, output: 'dial tcp 10.0.0.1:6443: i/o timeout' };

describe('when all goes well', () => {
  test('the phases come in order, and the lock is released at the end', async () => {
    const played = await play(PLAN, commands({ second: { takes: 95_000 } }));
    expect(order(played)).toEqual(['check', 'acquire', 'record', 'first', 'second', 'release']);
    expect(played.report).toMatchObject({ ok: true, aftermath: 'done', failedRenewals: 0 });
    expect(played.report.steps.map(({ phase }) => phase)).toEqual([
      'preflight',
      'lock',
      'preparation',
      'changes',
      'changes',
    ]);
    expect(played.report.ms).toBeGreaterThan(95_000);
  });

  test('the lock is renewed all the time it is held, and never outside', async () => {
    const played = await play(
      PLAN,
      commands({ check: { takes: 300_000 }, second: { takes: 120_000 } }),
    );
    const acquired = named(played, 'acquire').to!;
    const released = named(played, 'release').from;
    const times = [acquired, ...renewals(played).map(({ from }) => from), released];
    for (const [index, time] of times.entries())
      expect(time - (times[index - 1] ?? acquired)).toBeLessThan(15_000);
    expect(renewals(played).every(({ from }) => from >= acquired && from <= released)).toBe(true);
  });
});

test('after a long wait for the lock the next step begins at once', async () => {
  const played = await play(PLAN, commands({ acquire: { takes: 500_000 } }));
  expect(named(played, 'record').from).toBe(named(played, 'acquire').to);
});

describe('a renewal that fails', () => {
  test.each([
    ['the API server did not answer once', BLIP, 1],
    ['the login ran out three times', { exitCode: 1, output: 'Unauthorized' }, 3],
    ['a conflict', { exitCode: 1, output: 'others keep changing it' }, 1],
    ['no end', { takes: 999_000 }, 1],
    ['the program is not there', { exitCode: 127, output: 'kubectl: not found' }, 2],
  ] as const)('%s: tried again, said, and no lost lock', async (_, failure, count) => {
    const played = await play(
      PLAN,
      commands({
        second: { takes: 120_000 },
        renew: (times) => (times >= 1 && times <= count ? failure : undefined),
      }),
    );
    expect(played.report).toMatchObject({ ok: true, failedRenewals: count });
    const said = played.lines.filter((line) => line.includes('could not renew the lock, retrying'));
    expect(said).toHaveLength(count);
    expect(played.lines.join('\n')).toContain('renewing the lock works again');
  });

  test('is tried again before the lease ends', async () => {
    const played = await play(
      PLAN,
      commands({
        second: { takes: 120_000 },
        renew: (times) => (times === 0 ? { takes: 999_000 } : undefined),
      }),
    );
    const [, again] = renewals(played);
    expect(again!.to! - named(played, 'acquire').from).toBeLessThan(45_000);
  });

  test('until the lease is over: what runs goes on, nothing begins before a renewal works', async () => {
    const played = await play(
      PLAN,
      commands({ first: { takes: 60_000 }, renew: (times) => (times < 25 ? BLIP : undefined) }),
    );
    expect(played.report).toMatchObject({ ok: true, failedRenewals: 25 });
    expect(named(played, 'first').stopped).toBeUndefined();
    const worked = renewals(played)[25]!;
    expect(named(played, 'second').from).toBeGreaterThanOrEqual(worked.to!);
  });

  test('for ever: the next step is given up after a bounded time, and nothing is rolled back', async () => {
    const played = await play(PLAN, commands({ first: { takes: 60_000 }, renew: BLIP }));
    expect(order(played)).not.toContain('second');
    expect(order(played)).not.toContain('roll-back');
    expect(played.report).toMatchObject({ ok: false, aftermath: 'not restored' });
    expect(played.report.steps.at(-1)).toMatchObject({
      id: 'second',
      reason: 'the lock could not be renewed',
    });
    expect(played.report.ms).toBeLessThan(3 * CONFIRM_MS);
    expect(order(played).at(-1)).toBe('release');
  });
});

describe('a lost lock', () => {
  const lost: Behaviour = { exitCode: LOCK_LOST, output: 'the lock was lost: B now holds it' };

  test('ends the step that runs; nothing is rolled back, diagnosed or released', async () => {
    const played = await play(PLAN, commands({ first: { takes: 500_000 }, renew: lost }));
    expect(order(played)).toEqual([...['check', 'acquire', 'record', 'first']]);
    expect(named(played, 'first').stopped).toBe(true);
    expect(named(played, 'first').to! - named(played, 'first').from).toBeLessThan(15_000);
    expect(played.report).toMatchObject({ ok: false, aftermath: 'taken over' });
    expect(played.lines).toContain(
      'Another deploy took over, so nothing was rolled back. Wait for it to finish.',
    );
  });

  test('between two steps, the next does not begin', async () => {
    const played = await play(
      PLAN,
      // the lease is over while the step ends: the runner waits, and the renewal says it is lost
      commands({ first: { takes: 60_000 }, renew: (times) => (times < 18 ? BLIP : lost) }),
    );
    expect(order(played)).not.toContain('second');
    expect(played.report).toMatchObject({ ok: false, aftermath: 'taken over' });
    expect(played.report.steps.at(-1)?.reason).toBe('the lock was lost');
  });

  test('during the roll-back ends that too', async () => {
    const played = await play(
      PLAN,
      commands({
        first: { exitCode: 1 },
        'roll-back': { takes: 300_000 },
        renew: (times) => (times < 5 ? undefined : lost),
      }),
    );
    expect(named(played, 'roll-back').stopped).toBe(true);
    expect(played.report.aftermath).toBe('taken over');
    expect(order(played)).not.toContain('release');
  });
});

describe('the roll-back', () => {
  test('of a first deploy does not say that things are as they were', async () => {
    const played = await play(
      PLAN,
      commands({ second: { exitCode: 1 }, 'roll-back': { exitCode: NOTHING_BEFORE } }),
    );
    expect(played.report).toMatchObject({ ok: false, aftermath: 'removed' });
    expect(played.report.conclusion).toMatch(/this was the first deploy/);
    expect(played.report.conclusion).not.toMatch(/as it was/);
  });
  test('comes after what explains the failure, while the failed is still there', async () => {
    const played = await play(
      PLAN,
      commands({ first: { exitCode: 1, output: 'ImagePullBackOff' } }),
    );
    expect(order(played)).toEqual([
      ...['check', 'acquire', 'record', 'first', 'look at first'],
      ...['diagnose', 'roll-back', 'release'],
    ]);
    expect(played.report).toMatchObject({ ok: false, aftermath: 'restored' });
    expect(played.report.shown.map(({ command }) => command)).toEqual([
      'look at first',
      'diagnose',
      'roll-back',
    ]);
    expect(played.lines.join('\n')).toMatch(
      /FAILED: Title of first: exit code 1\n\s+ImagePullBackOff/,
    );
  });

  test('the lock is renewed through a roll-back that takes longer than the lock lasts', async () => {
    const played = await play(
      PLAN,
      commands({ first: { exitCode: 1 }, 'roll-back': { takes: 600_000 } }),
    );
    const back = named(played, 'roll-back');
    const during = renewals(played).filter(({ from }) => from > back.from && from < back.to!);
    expect(during.length).toBeGreaterThan(40);
    const times = [back.from, ...during.map(({ from }) => from), back.to!];
    for (const [index, time] of times.entries())
      expect(time - (times[index - 1] ?? back.from)).toBeLessThan(45_000);
  });

  test('survives a renewal that fails meanwhile', async () => {
    const played = await play(
      PLAN,
      commands({
        first: { exitCode: 1 },
        'roll-back': { takes: 300_000 },
        renew: (times) => (times % 3 === 1 ? BLIP : undefined),
      }),
    );
    expect(played.report).toMatchObject({ aftermath: 'restored' });
    expect(played.report.failedRenewals).toBeGreaterThan(5);
  });

  test.each([
    ['fails', { exitCode: 1, output: 'no revision 4' }, 'exit code 1'],
    ['has no end', { takes: 9_999_000 }, 'no end after 900 s'],
  ])('that %s is not called one', async (_, behaviour, reason) => {
    const played = await play(PLAN, commands({ second: { exitCode: 1 }, 'roll-back': behaviour }));
    expect(played.report).toMatchObject({ ok: false, aftermath: 'not restored' });
    expect(played.lines.join('\n')).toContain(reason);
    expect(order(played).at(-1)).toBe('release');
  });

  test('a diagnosis that fails keeps nothing from going back', async () => {
    const played = await play(
      PLAN,
      commands({ first: { exitCode: 1 }, diagnose: { exitCode: 1 } }),
    );
    expect(played.report.aftermath).toBe('restored');
  });

  test('a plan without a way back says that it stays as it is', async () => {
    const plan = removalPlan({
      ...{ namespace: 'todo', data: false, dapr: { remove: false, namespace: 'dapr-system' } },
      ...{ lockWaitSeconds: 10, holder: 'me' },
    });
    const played = await play(plan, (text) =>
      text.includes('uninstall') ? { exitCode: 1 } : undefined,
    );
    expect(played.report.aftermath).toBe('as it is');
    expect(played.lines.join('\n')).toContain('Run it again');
    expect(order(played).at(-1)).toContain('lock.ts release');
  });
});

describe('a failure before anything is changed', () => {
  test.each([
    ['check', 'untouched', ['check', 'look at check']],
    ['acquire', 'untouched', ['check', 'acquire', 'release']],
    ['record', 'not begun', ['check', 'acquire', 'record', 'look at record', 'release']],
  ])('%s: %s', async (name, aftermath, ran) => {
    const played = await play(PLAN, commands({ [name]: { exitCode: 1 } }));
    expect(order(played)).toEqual(ran);
    expect(played.report).toMatchObject({ ok: false, aftermath, stopped: false });
  });
});

describe('an interrupt', () => {
  test.each([
    ['preflight', /^check/, 'untouched', ['check', 'look at check']],
    // it may have got the lock in its last moment
    ['lock', /^acquire/, 'untouched', ['check', 'acquire', 'release']],
    [
      'preparation',
      /^record/,
      'not begun',
      ['check', 'acquire', 'record', 'look at record', 'release'],
    ],
    [
      'changes',
      /^first/,
      'restored',
      [
        ...['check', 'acquire', 'record', 'first', 'look at first'],
        ...['diagnose', 'roll-back', 'release'],
      ],
    ],
  ] as const)('in phase %s ends the command at once', async (_, during, aftermath, ran) => {
    const played = await play(PLAN, (text) => (text === 'renew' ? undefined : { takes: 30_000 }), {
      during,
      after: 2_000,
    });
    expect(order(played)).toEqual(ran);
    expect(played.report).toMatchObject({ ok: false, stopped: true, aftermath });
    expect(played.report.steps.at(-1)).toMatchObject({ ok: false, ms: 2_000, reason: 'stopped' });
  });

  test.each([/^diagnose/, /^roll-back/, /^release/])(
    'in the end (%s) interrupts nothing: what began to go back gets there',
    async (during) => {
      const played = await play(PLAN, commands({ second: { exitCode: 1 } }), {
        during,
        after: 500,
      });
      expect(played.report).toMatchObject({ ok: false, aftermath: 'restored' });
      expect(played.ran.filter(({ stopped }) => stopped === true)).toEqual([]);
      expect(order(played).at(-1)).toBe('release');
    },
  );

  test('while a step waits for an uncertain lock ends the waiting', async () => {
    const played = await play(
      PLAN,
      commands({ first: { takes: 60_000 }, renew: BLIP }),
      // first runs into the time in which the lease is over; 5 s later somebody has enough
      { during: /^first/, after: 65_000 },
    );
    expect(played.report.steps.at(-1)).toMatchObject({ id: 'second', reason: 'stopped' });
    expect(played.report.stopped).toBe(true);
  });
});

test('a secret that any command repeats, in any phase, is in no line and not in the report', async () => {
  const secret = `c4n'ary&value`;
  const forms = [
    secret,
    Buffer.from(`user:${secret}`).toString('base64'),
    encodeURIComponent(secret),
    JSON.stringify({ secret }),
  ];
  const says = { output: `said ${forms.join(' ')}` };
  for (const failing of ['check', 'acquire', 'record', 'second']) {
    const { report, lines } = await play(
      PLAN,
      (text) => ({ ...says, exitCode: [failing, 'roll-back', 'diagnose'].includes(text) ? 1 : 0 }),
      undefined,
      [secret],
    );
    const everything = `${lines.join('\n')}\n${JSON.stringify(report)}`;
    for (const form of [...forms.slice(0, 3), 'ary&value', String.raw`ary\u0026value`])
      expect(everything).not.toContain(form);
    expect(everything).toContain('said ***');
  }
});
