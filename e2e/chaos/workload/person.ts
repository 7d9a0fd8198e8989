// One person of the workload: gives commands one after the other, waits for each answer, and remembers what came of it.
import { setTimeout as sleep } from 'node:timers/promises';
import { seededRandom } from '@todo/testing/seeded-random';
import type { Change, Command, Via } from '../evidence.ts';
import { pick } from '../faults/schedule.ts';
import type { Answer, Ask, Send } from './client.ts';
import type { KnownTask } from './known-task.ts';
import { titleOf } from './titles.ts';

/** A person as their commands see them. */
export interface Person {
  readonly name: string;
  readonly random: () => number;
  readonly pick: <T>(list: readonly T[]) => T;
  /** A title that nothing else has. */
  readonly title: () => string;
  readonly tasks: KnownTask[];
  readonly send: Send;
  /** True while repeatable requests are sent twice. */
  readonly doubles: () => boolean;
  /** The task that "undo" in the chat would delete, if that is known. */
  undoable: string | undefined;
}

/** What a command came to. */
export interface Done {
  readonly answer: Answer;
  readonly via: Via;
  readonly changes: readonly Change[];
}

/** Gives a command; undefined when there is nothing that it could be given for. */
export type Act = (person: Person) => Promise<Done | undefined>;

/** A kind of command. */
export interface Habit {
  readonly what: string;
  /** How often it is chosen, among the others. */
  readonly weight: number;
  readonly act: Act;
}

/** Who a person is. */
export interface PersonOptions {
  readonly name: string;
  readonly index: number;
  readonly seed: number;
  readonly send: Send;
  readonly doubles: () => boolean;
}

/** How a person spends the run. */
export interface Day {
  readonly habits: readonly Habit[];
  /** Pause between two commands, ms: from 0 to this. */
  readonly thinkMs: number;
  /** The next number of a command; undefined: the run has had enough. */
  readonly nextNumber: () => number | undefined;
  readonly onCommand: (command: Command) => void;
}

/** A person who has no task yet. */
export function personOf(options: PersonOptions): Person {
  const random = seededRandom(options.seed);
  let titles = 0;
  return {
    name: options.name,
    random,
    pick: (list) => pick(list, random),
    title: () => titleOf(options.index, titles++),
    tasks: [],
    send: (ask) => sendAsPerson(ask, options),
    doubles: options.doubles,
    undoable: undefined,
  };
}

/** Lives one person's part of the run. Resolves when enough commands were given. */
export async function live(person: Person, day: Day): Promise<void> {
  for (;;) {
    await sleep(person.random() * day.thinkMs);
    const habit = weighted(day.habits, person.random);
    const number = day.nextNumber();
    if (number === undefined) return;
    const command = await commandOf(person, habit, number);
    if (command) day.onCommand(command);
  }
}

/** Lets a person give one command. @returns undefined when there was nothing that it could be given for */
export async function commandOf(
  person: Person,
  { what, act }: Pick<Habit, 'what' | 'act'>,
  number: number,
): Promise<Command | undefined> {
  const sentAt = Date.now();
  const done = await act(person);
  if (!done) return undefined;
  const { answer, via, changes } = done;
  return {
    ...{ number, person: person.name, via, what, changes, sentAt },
    answeredAt: Date.now(),
    tries: answer.tries,
    answer: answer.status === 0 ? answer.text.slice(0, 200) : String(answer.status),
  };
}

/** Sends what may be repeated twice at once, while that is wanted; the first answer that says something counts. */
async function sendAsPerson(ask: Ask, { send, doubles }: PersonOptions): Promise<Answer> {
  if (!doubles() || ask.method === 'GET' || ask.repeat === false) return await send(ask);
  const answers = await Promise.all([send(ask), send(ask)]);
  return answers.find(({ status }) => status > 0 && status < 400) ?? answers[0];
}

function weighted(habits: readonly Habit[], random: () => number): Habit {
  let left = random() * habits.reduce((sum, { weight }) => sum + weight, 0);
  for (const habit of habits) {
    left -= habit.weight;
    if (left < 0) return habit;
  }
  throw new Error('no habits');
}
