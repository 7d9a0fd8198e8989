// The load of a soak: commands of some people at a fixed rate, whether the answers come quickly or not (an open loop).
import { setTimeout as sleep } from 'node:timers/promises';

/** Requests that may be on their way; what would be more is counted as not sent. */
const IN_FLIGHT = 20;
const LIST_EVERY = 10;
/** Reminders fall due so long after their command, ms. */
const REMIND_IN_MS = 20_000;

/** What became of the load since it was last asked. */
export interface LoadWindow {
  /** Answer times, ms. */
  readonly latencies: readonly number[];
  readonly failed: number;
  readonly notSent: number;
}

/** A running load. */
export interface Load {
  readonly take: () => LoadWindow;
  /** Commands that were accepted since the beginning. */
  readonly accepted: () => number;
  /** Ends it, and waits for the answers under way. */
  readonly stop: () => Promise<void>;
}

interface Person {
  readonly token: string;
  /** Tasks on their way through life: made, done, deleted; a person's list stays short. */
  readonly made: string[];
  readonly done: string[];
}

/**
 * Starts it: each task is made, completed and deleted; some repeat, some have a reminder; every tenth request reads a list.
 * @param perSecond commands a second of all people together
 */
export function startLoad(baseUrl: string, tokens: readonly string[], perSecond: number): Load {
  const people = tokens.map((token): Person => ({ token, made: [], done: [] }));
  let window = { latencies: [] as number[], failed: 0, notSent: 0 };
  let accepted = 0;
  let turn = 0;
  const underWay = new Set<Promise<void>>();

  async function ask(person: Person, method: string, path: string, body?: object): Promise<string> {
    const begun = performance.now();
    const response = await fetch(`${baseUrl}/api/v1${path}`, {
      method,
      headers: {
        authorization: `Bearer ${person.token}`,
        ...(body && { 'content-type': 'application/json' }),
      },
      ...(body && { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(30_000),
    });
    const text = await response.text();
    window.latencies.push(performance.now() - begun);
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status}`);
    if (method !== 'GET') accepted += 1;
    return text;
  }

  async function command(person: Person, number: number): Promise<void> {
    if (number % LIST_EVERY === 0) {
      await ask(person, 'GET', '/tasks?status=open&limit=50');
      return;
    }
    const [done] = person.done.length > 3 ? person.done.splice(0, 1) : [];
    if (done !== undefined) {
      await ask(person, 'DELETE', `/tasks/${done}`);
      return;
    }
    const [made] = person.made.length > 3 ? person.made.splice(0, 1) : [];
    if (made !== undefined) {
      await ask(person, 'POST', `/tasks/${made}/complete`);
      person.done.push(made);
      return;
    }
    const at = new Date(Date.now() + REMIND_IN_MS).toISOString();
    const text = await ask(person, 'POST', '/tasks', {
      title: `soak ${number}`,
      ...(number % 7 === 0 && { reminders: [{ at }] }),
      ...(number % 11 === 0 && {
        due: { kind: 'date', date: '2027-03-01' },
        recurrence: { rule: 'FREQ=DAILY;COUNT=2' },
      }),
    });
    person.made.push((JSON.parse(text) as { id: string }).id);
  }

  const timer = setInterval(() => {
    const number = turn++;
    const person = people[number % people.length];
    if (!person) return;
    if (underWay.size >= IN_FLIGHT) {
      window.notSent += 1;
      return;
    }
    const work = command(person, number)
      .catch(() => void (window.failed += 1))
      .then(() => void underWay.delete(work));
    underWay.add(work);
  }, 1_000 / perSecond);

  return {
    take: () => {
      const taken = window;
      window = { latencies: [], failed: 0, notSent: 0 };
      return taken;
    },
    accepted: () => accepted,
    stop: async () => {
      clearInterval(timer);
      while (underWay.size > 0) await Promise.race([...underWay, sleep(100)]);
    },
  };
}
