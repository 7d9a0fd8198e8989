// The events around a violation, in the order of time: what was commanded, which fault was in, and what every observer saw.
import type { Evidence, Violation } from './evidence.ts';

/** Faults that ended so long before the first event still belong to the picture, ms. */
const BEFORE_MS = 3_000;
const MOST_LINES = 40;

/** Lines of a violation's surroundings, oldest first; those of its task, or of its person where it names no task. */
export function timelineOf(violation: Violation, evidence: Evidence): string[] {
  const { person, taskId } = violation;
  const lines: { at: number; text: string }[] = [];
  const add = (at: number, text: string): void => {
    lines.push({ at, text });
  };
  const mine = (id: string | null): boolean => taskId === undefined || id === taskId;
  if (person !== undefined) {
    const view = evidence.persons[person];
    const title = view?.audit.find((entry) => entry.taskId === taskId)?.task?.title;
    for (const command of evidence.commands) {
      if (command.person !== person) continue;
      for (const { kind, taskId: id, outcome, title: wanted } of command.changes) {
        if (!mine(id) && (title === undefined || wanted !== title)) continue;
        add(
          command.sentAt,
          `command ${command.number} ${kind} over ${command.via}: ${outcome} after ${command.answeredAt - command.sentAt} ms, ${command.tries} tries (${command.answer})`,
        );
      }
    }
    for (const { at, type, version, taskId: id, actor, eventId } of view?.audit ?? [])
      if (mine(id))
        add(
          Date.parse(at),
          `audit ${type} version ${String(version)} by ${actor?.kind ?? 'the system'} (event ${eventId})`,
        );
    for (const { at, kind, id, taskId: of, late } of view?.notices ?? [])
      if (mine(of)) add(Date.parse(at), `notification ${id} (${kind}${late ? ', late' : ''})`);
    for (const { at, stream, event, id, data } of evidence.live[person] ?? [])
      if (mine(typeof data['taskId'] === 'string' ? data['taskId'] : null))
        add(at, `live ${stream} ${String(id)} ${event} ${textOf(data['type'] ?? data['kind'])}`);
    for (const { at, notificationId, taskId: of } of evidence.hooks)
      if (mine(of)) add(at, `webhook got notification ${notificationId}`);
  }
  const around = windowOf(lines, violation);
  const near = lines.filter(({ at }) => at >= around.from && at <= around.to);
  for (const { number, name, target, begunAt, endedAt } of evidence.faults)
    if (endedAt >= around.from - BEFORE_MS && begunAt <= around.to)
      near.push({
        at: begunAt,
        text: `fault ${number} ${name} (${target}) for ${endedAt - begunAt} ms`,
      });
  near.sort((a, b) => a.at - b.at);
  const left = near.length - MOST_LINES;
  return [
    ...near.slice(0, MOST_LINES).map(({ at, text }) => `${new Date(at).toISOString()} ${text}`),
    ...(left > 0 ? [`… and ${left} more`] : []),
  ];
}

/** From the first to the last event of a task; a few seconds around the violation where there is no task. */
function windowOf(
  lines: readonly { at: number }[],
  { at, taskId }: Violation,
): { from: number; to: number } {
  const times = lines.map((line) => line.at);
  if (taskId !== undefined && times.length > 0)
    return { from: Math.min(...times), to: Math.max(...times) };
  if (at !== undefined) return { from: at - BEFORE_MS, to: at + BEFORE_MS };
  return { from: -Infinity, to: Infinity };
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
