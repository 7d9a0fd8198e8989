// The end of a run: everybody closes their pages, sets a reminder, and all replicas of the backend are killed. The reminders must
// come all the same: nothing but the start of a replica is there to look for them.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Command, FaultRecord } from '../evidence.ts';
import { killEvery, type DisturbedSystem } from '../faults/disturbed-system.ts';
import { PUNCTUAL_MS } from '../judge/reminders.ts';
import { remindIn } from './creating.ts';
import { json } from './known-task.ts';
import type { Participant } from './participants.ts';
import { commandOf } from './person.ts';

/** From the command to its reminder, ms. */
const REMIND_IN_MS = 6_000;
const HEALTHY_WITHIN_MS = 90_000;
/** Longer than what the judge allows: only then is a reminder that an open page brings late. */
const WAIT_MS = PUNCTUAL_MS + 8_000;
const LOOK_EVERY_MS = 500;

/** Plays it. The pages are open again afterwards. @returns the commands that were given, and the kill */
export async function restartWithNobodyLooking(
  disturbed: DisturbedSystem,
  participants: readonly Participant[],
  given: { number: number; fault: number; say: (line: string) => void },
): Promise<{ commands: Command[]; fault: FaultRecord }> {
  const { system } = disturbed;
  await Promise.all(participants.flatMap(({ watches }) => watches.map((watch) => watch.shut())));
  const what = 'add a task with a reminder, and close every page';
  const act = (person: Participant['person']) => remindIn(person, REMIND_IN_MS);
  const commands = await Promise.all(
    participants.map(({ person }, index) => commandOf(person, { what, act }, given.number + index)),
  );
  const begunAt = Date.now();
  killEvery(disturbed, 'backend');
  await sleep(LOOK_EVERY_MS); // until their ends were noticed
  await system.waitUntilHealthy(HEALTHY_WITHIN_MS);
  const endedAt = Date.now();
  given.say(
    `every backend was killed while no page was open; healthy after ${endedAt - begunAt} ms`,
  );
  const deadline = Math.max(endedAt, begunAt + REMIND_IN_MS) + WAIT_MS;
  while (Date.now() < deadline && !(await allReminded(participants))) await sleep(LOOK_EVERY_MS);
  for (const { watches } of participants) for (const watch of watches) watch.open();
  const name = 'kill-every';
  return {
    commands: commands.filter((command) => command !== undefined),
    fault: { number: given.fault, name, target: 'every backend', begunAt, endedAt },
  };
}

/** Whether the newest task that each has with a reminder was reminded of. */
async function allReminded(participants: readonly Participant[]): Promise<boolean> {
  const came = await Promise.all(
    participants.map(async ({ send, person }) => {
      const wanted = person.tasks.findLast(({ reminded }) => reminded)?.id;
      const list = await send({ method: 'GET', path: '/api/v1/notifications?limit=50' });
      const { items = [] } = (json(list.text) ?? {}) as { items?: { taskId: string | null }[] };
      return items.some(({ taskId }) => taskId === wanted);
    }),
  );
  return came.every(Boolean);
}
