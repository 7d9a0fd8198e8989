// One run: a system of its own, people who use it, faults, and the judge once all is quiet again.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Pubsub } from '../targets/embedded.ts';
import { operatorsView, viewsOf } from './collect.ts';
import type { Command, Evidence, FaultRecord, Violation } from './evidence.ts';
import type { FaultName } from './faults/catalogue.ts';
import { startDisturbedSystem, type DisturbedSystem } from './faults/disturbed-system.ts';
import { startFaults } from './faults/engine.ts';
import { schedulesOf } from './faults/schedule.ts';
import { judge } from './judge/judge.ts';
import { CHANGING } from './workload/changing.ts';
import { clientOf } from './workload/client.ts';
import { CREATING } from './workload/creating.ts';
import { restartWithNobodyLooking } from './workload/nobody-looks.ts';
import { joins, type Participant } from './workload/participants.ts';
import { live } from './workload/person.ts';
import { publishAgain, publishPoison } from './workload/published-events.ts';
import { startWebhookReceiver, type WebhookReceiver } from './workload/webhook-receiver.ts';

/** How a run is done. */
export interface ChaosOptions {
  readonly seed: number;
  readonly users: number;
  readonly commands: number;
  /** No command is begun after so long, ms; undefined: all of them are given. */
  readonly forMs: number | undefined;
  readonly pubsub: Pubsub;
  /** Replicas of each service. */
  readonly replicas: number;
  readonly faults: readonly FaultName[];
  readonly portBase: number;
  readonly dataDir: string;
  /** Longest pause of a person between two commands, ms. */
  readonly thinkMs: number;
  /** How long effects may take after the last fault, ms. */
  readonly patienceMs: number;
  readonly say: (line: string) => void;
  /** Gets what ends the system at once, for a run that is interrupted. */
  readonly onSystem: (endNow: () => Promise<void>) => void;
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

/** What a run works with. */
interface Run {
  readonly options: ChaosOptions;
  readonly disturbed: DisturbedSystem;
  readonly participants: readonly Participant[];
  /** `doubles`: people send each repeatable command twice at once. */
  readonly state: { doubles: boolean };
  readonly commands: Command[];
  readonly poison: { id: string; certain: boolean }[];
}

/** Starts a system, runs, judges, and ends all it started. @throws what keeps it from starting or from being read afterwards */
export async function runChaos(options: ChaosOptions): Promise<ChaosResult> {
  const { say } = options;
  const disturbed = await startDisturbedSystem(options);
  options.onSystem(() => disturbed.system.stop(true));
  const receiver = await startWebhookReceiver();
  const participants: Participant[] = [];
  const state = { doubles: false };
  const run: Run = { options, disturbed, participants, state, commands: [], poison: [] };
  try {
    for (let index = 0; index < options.users; index++)
      participants.push(
        await joins(disturbed, receiver, { ...options, index, doubles: () => state.doubles }),
      );
    say(`${options.users} people are there, each with a webhook, most with two open pages`);
    return await disturbAndJudge(run, receiver);
  } finally {
    for (const { watches } of participants) await Promise.all(watches.map((watch) => watch.shut()));
    await receiver.close();
    await disturbed.stop();
    say(`logs of the system: ${disturbed.system.logs}`);
  }
}

async function disturbAndJudge(run: Run, receiver: WebhookReceiver): Promise<ChaosResult> {
  const { options, disturbed, participants, commands } = run;
  const { say, patienceMs } = options;
  const startedAt = Date.now();
  const faults = await peopleAndFaults(run);
  commands.sort((a, b) => a.number - b.number);
  const commandsDoneAt = Date.now();
  say(`all commands were given; waiting until everything is healthy and quiet`);
  await disturbed.system.waitUntilHealthy(HEALTHY_WITHIN_MS);
  if (options.faults.length > 0) {
    const number = (commands.at(-1)?.number ?? 0) + 1;
    const fault = faults.length + 1;
    const last = await restartWithNobodyLooking(disturbed, participants, { number, fault, say });
    commands.push(...last.commands);
    faults.push(last.fault);
  }
  const look = (): Promise<Evidence> => evidenceNow(run, { faults, hooks: [...receiver.hooks] });
  const { evidence, violations } = await untilQuiet(look, patienceMs, say);
  const seconds = {
    commands: (commandsDoneAt - startedAt) / 1_000,
    quiet: (Date.now() - commandsDoneAt) / 1_000,
  };
  return { evidence, violations, seconds };
}

/** Lets people give their commands while faults come. @returns the faults */
async function peopleAndFaults(run: Run): Promise<FaultRecord[]> {
  const { options, disturbed, participants, state, commands, poison } = run;
  const { seed, say, faults } = options;
  const until = Date.now() + (options.forMs ?? Infinity);
  let next = 1;
  const progress = setInterval(() => {
    const { accepted, refused, unknown } = outcomes(commands);
    say(
      `${commands.length} commands: ${accepted} accepted, ${refused} refused, ${unknown} unknown`,
    );
  }, PROGRESS_MS);
  const engine = startFaults(
    schedulesOf(seed, faults, options),
    {
      disturbed,
      poison: () => publishPoison(disturbed.system, poison),
      redeliver: (random) => publishAgain(disturbed.system, participants, random),
      doubleCommands: (on) => {
        state.doubles = on;
      },
    },
    say,
  );
  try {
    await Promise.all(
      participants.map(({ person, thinkMs }) =>
        live(person, {
          thinkMs,
          habits: [...CREATING, ...CHANGING],
          nextNumber: () => (next <= options.commands && Date.now() < until ? next++ : undefined),
          onCommand: (command) => commands.push(command),
        }),
      ),
    );
  } finally {
    await engine.stop();
    clearInterval(progress);
  }
  return [...engine.records];
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
  { options: { seed }, disturbed, participants, commands, poison }: Run,
  own: Pick<Evidence, 'faults' | 'hooks'>,
): Promise<Evidence> {
  const operator = await disturbed.system.token({ user: 'chaos-operator', role: 'operator' });
  const persons = await viewsOf(participants);
  const ops = await operatorsView(clientOf(disturbed.backends, operator));
  const live = Object.fromEntries(
    participants.map(({ name, watches }) => [name, watches.flatMap(({ events }) => events)]),
  );
  return { seed, persons, live, commands, poison, ...own, ...ops };
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
