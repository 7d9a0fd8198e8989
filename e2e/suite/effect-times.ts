// From a change to its effect in another service: completing a recurring task, which its event makes the recurring service
// answer with the next occurrence. Both times are the backend's own, so that no client's polling is in them.
import type { Task } from './api.ts';

/** How long effects took, ms: the median, the 99th percentile (the longest, of fewer than 100) and the longest. */
export interface EffectTimes {
  readonly count: number;
  readonly p50: number;
  readonly p99: number;
  readonly longest: number;
}

/**
 * Times from each completion of a series' first task to the creation of its second.
 * @param tasks both tasks of each series; a series without its second is not counted
 */
export function effectTimes(tasks: readonly Task[]): EffectTimes {
  const instant = (task: Task, field: string): number => Date.parse(String(task[field]));
  const completed = new Map(
    tasks
      .filter(({ occurrence }) => occurrence === 1)
      .map((task) => [task.seriesId, instant(task, 'completedAt')]),
  );
  const times = tasks
    .filter(({ occurrence }) => occurrence === 2)
    .map((next) => instant(next, 'createdAt') - (completed.get(next.seriesId) ?? NaN))
    .sort((one, other) => one - other);
  const at = (share: number): number => times[Math.ceil(times.length * share) - 1] ?? NaN;
  return { count: times.length, p50: at(0.5), p99: at(0.99), longest: at(1) };
}

/** As one line: `completed to next occurrence: p50 34 ms, p99 120 ms, at most 120 ms`. */
export function effectTimesText({ p50, p99, longest }: EffectTimes): string {
  return `completed to next occurrence: p50 ${p50} ms, p99 ${p99} ms, at most ${longest} ms`;
}
