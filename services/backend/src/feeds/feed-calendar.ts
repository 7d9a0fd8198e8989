// A feed as iCalendar, in the way that programs show it when they subscribe:
//
//   events ... VEVENT: Google Calendar, Apple Calendar and Outlook leave VTODOs of a subscription out. What is open and has a
//              due, on its day or from its time; a repeating task also with its next dues, each as an event of its own: no
//              program counts our rules (the 31st in short months, "from completion") as we do
//   tasks .... VTODO, for Thunderbird and programs like it: also what has no due, and what was done lately
//
// Neither has alarms: the reminders are ours to send, and each subscriber would be reminded twice.
import { dueInstant } from '@todo/contracts/due';
import { MAX_PREVIEW, seriesDue } from '@todo/contracts/recurrence';
import type { Due, Task } from '@todo/contracts/task';
import { countedIn, isRepeating, occurrencesToCome } from '../tasks/exceptions.ts';
import type { Repeating } from '../tasks/exceptions.ts';
import { timeLine, utc, vtodo, zonesOf } from '../transfer/icalendar/write-calendar.ts';
import { contentLine, escapeText } from '../transfer/icalendar/write-lines.ts';
import { vtimezone } from '../transfer/icalendar/write-zone.ts';
import type { OpenFeed } from './feeds.ts';
import type { FeedTask } from './feed-tasks.ts';

/** How often a program should ask again (RFC 7986 5.7, and what older ones read). */
const REFRESH = 'PT1H';
/** How far ahead a repeating task shows what follows, ms: a year. */
const AHEAD_MS = 366 * 86_400_000;
/** How long an event of a task with a time is shown. A task has no end; without one, programs draw a line or an hour. */
const SHOWN_FOR = 'PT30M';
/** PRIORITY (RFC 5545 3.8.1.9). */
const PRIORITIES = { none: undefined, high: 1, medium: 5, low: 9 } as const;

/** What a feed's file needs beside its tasks. */
export interface FeedFile {
  readonly feed: Pick<OpenFeed, 'name' | 'content' | 'zone'>;
  /** The system's public address, for links to tasks. */
  readonly publicUrl: string;
  readonly zones: readonly string[];
  readonly firstYear: number;
  readonly now: Date;
}

/** The file, piece by piece. */
export async function* writeFeed(
  pages: AsyncIterable<readonly FeedTask[]>,
  file: FeedFile,
): AsyncGenerator<string> {
  const { feed, now } = file;
  yield [
    'BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//todo//todo-backend//EN\r\nMETHOD:PUBLISH\r\n',
    contentLine('NAME', escapeText(feed.name)),
    contentLine('X-WR-CALNAME', escapeText(feed.name)),
    contentLine('X-WR-TIMEZONE', feed.zone),
    `REFRESH-INTERVAL;VALUE=DURATION:${REFRESH}\r\nX-PUBLISHED-TTL:${REFRESH}\r\n`,
    ...file.zones.map((zone) => vtimezone(zone, file.firstYear, now)),
  ].join('');
  const defined = new Set(file.zones);
  for await (const page of pages) {
    let text = '';
    for (const one of page) {
      if (feed.content === 'tasks')
        for (const zone of zonesOf(one.task))
          if (!defined.has(zone)) {
            defined.add(zone);
            text += vtimezone(zone, file.firstYear, now);
          }
      text += feed.content === 'tasks' ? asTask(one.task, feed.zone) : asEvents(one, file, now);
    }
    yield text;
  }
  yield 'END:VCALENDAR\r\n';
}

function asTask(task: Task, zone: string): string {
  return vtodo({ task: withoutReminders(task), list: null, ...namesOf(task), place: null }, zone);
}

function withoutReminders(task: Task): Task {
  const { usual, exceptions } = task;
  return {
    ...task,
    reminders: [],
    ...(usual && { usual: { ...usual, reminders: [] } }),
    ...(exceptions && {
      exceptions: exceptions.map((one) =>
        one.change === null ? one : { ...one, change: { ...one.change, reminders: [] } },
      ),
    }),
  };
}

function namesOf(task: Task): { uid: string; parentUid: string | null } {
  return { uid: task.id, parentUid: task.parentId };
}

function asEvents({ task, isLast }: FeedTask, { feed, publicUrl }: FeedFile, now: Date): string {
  const { due } = task;
  if (due === null) return '';
  const events = [event(task, due, task.id, publicUrl)];
  for (const next of isLast ? following(task, feed.zone, now) : [])
    events.push(
      event(next, next.due, `${task.seriesId ?? task.id}-${keyOf(seriesDue(next))}`, publicUrl),
    );
  return events.join('');
}

/** What a rule gives after the open task. From completion, nobody knows yet. */
function following(task: Task, zone: string, now: Date): Repeating[] {
  if (!isRepeating(task) || task.recurrence.from !== 'due') return [];
  const due = seriesDue(task);
  const counted = countedIn(due, task.recurrence, zone);
  try {
    // done on time, or now where it is late
    const doneAt = Math.max(dueInstant(due, counted).getTime(), now.getTime());
    return occurrencesToCome(task, zone, new Date(doneAt), MAX_PREVIEW).filter(
      (next) => dueInstant(next.due, counted).getTime() <= doneAt + AHEAD_MS,
    );
  } catch {
    return []; // a rule of before its checks: the open task is shown all the same
  }
}

function event(task: Task, due: Due, uid: string, publicUrl: string): string {
  const priority = PRIORITIES[task.priority];
  return [
    'BEGIN:VEVENT\r\n',
    contentLine('UID', uid),
    contentLine('DTSTAMP', utc(task.updatedAt)),
    contentLine('LAST-MODIFIED', utc(task.updatedAt)),
    `SEQUENCE:${task.version}\r\n`,
    timeLine('DTSTART', due),
    ...(due.kind === 'date' ? [] : [`DURATION:${SHOWN_FOR}\r\n`]),
    contentLine('SUMMARY', escapeText(task.title)),
    ...(task.notes === '' ? [] : [contentLine('DESCRIPTION', escapeText(task.notes))]),
    ...(task.tags.length === 0
      ? []
      : [contentLine('CATEGORIES', task.tags.map(escapeText).join(','))]),
    ...(priority === undefined ? [] : [`PRIORITY:${priority}\r\n`]),
    contentLine('URL', `${publicUrl}/tasks/${task.id}`),
    // a task takes nobody's time away
    'TRANSP:TRANSPARENT\r\nEND:VEVENT\r\n',
  ].join('');
}

function keyOf(due: Due): string {
  return (due.kind === 'date' ? due.date : due.kind === 'local' ? due.local : due.at).replace(
    /[-:]|\.\d+/g,
    '',
  );
}
