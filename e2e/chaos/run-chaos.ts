// One run: a system of its own, people who use it, faults, and the judge once all is quiet again.
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { seededRandom } from '@todo/testing/seeded-random';
import type { Pubsub } from '../targets/embedded.ts';
import { operatorsView, viewsOf } from './collect.ts';
import type { Command, Evidence, FaultRecord, Violation } from './evidence.ts';
import type { FaultName } from './faults/catalogue.ts';
import { startDisturbedSystem, type DisturbedSystem } from './faults/disturbed-system.ts';
import { startFaults } from './faults/engine.ts';
import { pick, schedulesOf } from './faults/schedule.ts';
import { judge } from './judge/judge.ts';
import { CHANGING } from './workload/changing.ts';
import { clientOf, type Send } from './workload/client.ts';
import { CREATING } from './workload/creating.ts';
import { json } from './workload/known-task.ts';
import { watchLive, type LiveWatch } from './workload/live-watch.ts';
import { live } from './workload/person.ts';
import { startWebhookReceiver, type WebhookReceiver } from './workload/webhook-receiver.ts';

/** How a run is done. */
export interface ChaosOptions {
  readonly seed: number;
  readonly users: number;
  readonly commands: number;
  readonly pubsub: Pubsub;
  readonly faults: readonly FaultName[];
  readonly portBase: number;
  readonly dataDir: string;
  /** Pause between two commands of a person, ms: from 0 to this. */
  readonly thinkMs: number;
  /** How long effects may take after the last fault, ms. */
  readonly patienceMs: number;
  readonly say: (line: string) => void;
}

/** What a run came to. */
export interface ChaosResult {
  readonly evidence: Evidence;
  readonly violations: readonly Violation[];
  readonly seconds: { readonly commands: number; readonly quiet: number };
}

/** Every part is healthy again within this time, ms. */
const HEALTHY_WITHIN_MS = 90_000;
/** What comes twice comes within this time after everything was right, ms. */
const SETTLED_MS = 4_000;
/** A verdict that stays the same for so long does not get better, ms. */
const UNCHANGED_MS = 45_000;
const LOOK_EVERY_MS = 1_500;
const PROGRESS_MS = 5_000;

interface Participant {
  readonly name: string;
  readonly send: Send;
  readonly watches: readonly LiveWatch[];
}

/** Starts a system, runs, judges, and ends all it started. @throws what keeps it from starting or from being read afterwards */
export async function runChaos(options: ChaosOptions): Promise<ChaosResult> {
  const { say } = options;
  const disturbed = await startDisturbedSystem(options);
  const receiver = await startWebhookReceiver();
  const participants: Participant[] = [];
  try {
    for (let index = 0; index < options.users; index++)
      participants.push(await joins(disturbed, receiver, index));
    say(`${options.users} people are there, each with two open pages and a webhook`);
    return await disturbAndJudge(options, disturbed, receiver, participants);
  } finally {
    for (const { watches } of participants)
      await Promise.all(watches.map((watch) => watch.close()));
    await receiver.close();
    await disturbed.stop();
    say(`logs of the system: ${disturbed.system.logs}`);
  }
}

async function joins(
  { system }: DisturbedSystem,
  receiver: WebhookReceiver,
  index: number,
): Promise<Participant> {
  const name = `chaos-${index}`;
  const baseUrl = system.urls.backend;
  const token = await system.token({ user: name, zone: 'Europe/Berlin' });
  const send = clientOf(baseUrl, token);
  const off = { enabled: false };
  const webhook = { enabled: true, url: receiver.urlOf(name) };
  const answer = await send({
    method: 'PUT',
    path: '/api/v1/notifications/preferences',
    body: { email: off, push: off, webhook, quietHours: null },
  });
  const { secret } = (json(answer.text) as { webhook?: { secret?: string } }).webhook ?? {};
  if (answer.status !== 200 || secret === undefined)
    throw new Error(`a webhook could not be set: ${answer.status} ${answer.text}`);
  receiver.knows(name, secret);
  const watches = await Promise.all(
    ['page 1', 'page 2'].map((stream) => watchLive(baseUrl, token, stream)),
  );
  return { name, send, watches };
}

async function disturbAndJudge(
  options: ChaosOptions,
  disturbed: DisturbedSystem,
  receiver: WebhookReceiver,
  participants: readonly Participant[],
): Promise<ChaosResult> {
  const { seed, say } = options;
  const { system } = disturbed;
  const commands: Command[] = [];
  const poison: { id: string; certain: boolean }[] = [];
  const state = { doubles: false, next: 1 };
  const startedAt = Date.now();
  const progress = setInterval(() => {
    const { accepted, refused, unknown } = outcomes(commands);
    say(
      `${commands.length} commands: ${accepted} accepted, ${refused} refused, ${unknown} unknown`,
    );
  }, PROGRESS_MS);
  const engine = startFaults(
    schedulesOf(seed, options.faults, options.pubsub),
    {
      disturbed,
      poison: async () => {
        const letter = { id: randomUUID(), certain: false };
        poison.push(letter);
        await publish(system, poisonEvent(letter.id));
        letter.certain = true;
      },
      redeliver: async (random) => {
        const { send } = pick(participants, random);
        const past = await send({ method: 'GET', path: '/api/v1/audit?limit=200', repeat: false });
        const items = (json(past.text) as { items?: PastEvent[] } | undefined)?.items ?? [];
        const changes = items.filter(({ type }) => type.startsWith('todo.task.'));
        if (changes.length === 0) return false;
        await publish(system, eventOf(pick(changes, random)));
        return true;
      },
      doubleCommands: (on) => {
        state.doubles = on;
      },
    },
    say,
  );
  try {
    await Promise.all(
      participants.map(({ name, send }, index) =>
        live({
          ...{ name, index, send, thinkMs: options.thinkMs },
          seed: Math.floor(seededRandom(seed + index + 1)() * 2 ** 32),
          habits: [...CREATING, ...CHANGING],
          doubles: () => state.doubles,
          nextNumber: () => (state.next <= options.commands ? state.next++ : undefined),
          onCommand: (command) => commands.push(command),
        }),
      ),
    );
  } finally {
    await engine.stop();
    clearInterval(progress);
  }
  commands.sort((a, b) => a.number - b.number);
  const commandsDoneAt = Date.now();
  say(`all commands were given; waiting until everything is healthy and quiet`);
  await system.waitUntilHealthy(HEALTHY_WITHIN_MS);
  const look = (): Promise<Evidence> =>
    evidenceNow(options, disturbed, participants, {
      ...{ commands, poison, faults: engine.records, hooks: [...receiver.hooks] },
    });
  const { evidence, violations } = await untilQuiet(look, options.patienceMs, say);
  const seconds = {
    commands: (commandsDoneAt - startedAt) / 1_000,
    quiet: (Date.now() - commandsDoneAt) / 1_000,
  };
  return { evidence, violations, seconds };
}

/** Judges again and again until everything is right and stays right, or does not get better any more. */
async function untilQuiet(
  look: () => Promise<Evidence>,
  patienceMs: number,
  say: (line: string) => void,
): Promise<{ evidence: Evidence; violations: Violation[] }> {
  const deadline = Date.now() + patienceMs;
  let last = { text: '', since: Date.now() };
  let settled = false;
  for (;;) {
    const evidence = await look();
    const violations = judge(evidence);
    if (violations.length === 0 && settled) return { evidence, violations };
    settled = violations.length === 0;
    const text = violations.map(({ message }) => message).join('\n');
    if (text !== last.text) {
      last = { text, since: Date.now() };
      if (!settled) say(`${violations.length} things are missing or wrong so far`);
    }
    const stuck = !settled && Date.now() - last.since > UNCHANGED_MS;
    if (stuck || Date.now() > deadline) return { evidence, violations };
    await sleep(settled ? SETTLED_MS : LOOK_EVERY_MS);
  }
}

async function evidenceNow(
  { seed }: ChaosOptions,
  { system }: DisturbedSystem,
  participants: readonly Participant[],
  own: {
    commands: readonly Command[];
    poison: Evidence['poison'];
    faults: readonly FaultRecord[];
    hooks: Evidence['hooks'];
  },
): Promise<Evidence> {
  const operator = await system.token({ user: 'chaos-operator', role: 'operator' });
  const persons = await viewsOf(participants);
  const ops = await operatorsView(clientOf(system.urls.backend, operator));
  const live = Object.fromEntries(
    participants.map(({ name, watches }) => [name, watches.flatMap(({ events }) => events)]),
  );
  return { seed, persons, live, ...own, ...ops };
}

/** How many commands had which outcome; one for several tasks counts by its worst. */
export function outcomes(
  commands: readonly Command[],
): Record<'accepted' | 'refused' | 'unknown', number> {
  const counted = { accepted: 0, refused: 0, unknown: 0 };
  for (const { changes } of commands) {
    const all = changes.map(({ outcome }) => outcome);
    counted[
      all.includes('unknown') ? 'unknown' : all.includes('accepted') ? 'accepted' : 'refused'
    ] += 1;
  }
  return counted;
}

interface PastEvent {
  eventId: string;
  source: string;
  type: string;
  taskId: string;
  at: string;
  task: unknown;
  before: unknown;
  data: object;
}

/** An event of the past as it was published, put together from its entry in the audit. */
function eventOf({ eventId, source, type, taskId, at, task, before, data }: PastEvent): object {
  return {
    specversion: '1.0',
    ...{ id: eventId, source, type, subject: taskId, time: at },
    datacontenttype: 'application/json',
    data: { ...data, task, before },
  };
}

function poisonEvent(id: string): object {
  return {
    specversion: '1.0',
    ...{ id, source: '/todo/chaos', type: 'todo.task.exploded.v9', subject: 'chaos' },
    datacontenttype: 'application/json',
    data: { unreadable: true },
  };
}

async function publish(system: DisturbedSystem['system'], event: object): Promise<void> {
  const status = await system.publish('task-events', event);
  if (status >= 300) throw new Error(`daprd answered ${status}`);
}
