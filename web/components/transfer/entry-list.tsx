'use client';
// The entries of a file: one outcome at a time, those with something to say first.
import { Bell, CalendarClock, Flag, ListTodo, Repeat } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import { cn } from '@/lib/class-names';
import { dayLabel, instantLabel, localDate, timeLabel } from '@/lib/dates';
import { ruleLabel } from '@/lib/recurrence';
import { usePerson, useText } from '@/lib/session';
import {
  DUPLICATES,
  outcomeOf,
  type DuplicateChoice,
  type Duplicates,
  type ImportReport,
  type Outcome,
  type ReportedEntry,
} from '@/lib/transfer';
import { useToday } from '@/lib/use-today';
import { Badge } from '../ui/badge';
import { Button } from '../ui/button';
import { useTransferText } from './use-transfer-text';

/** In the order a person should look at them. */
const OUTCOMES: readonly Outcome[] = ['left out', 'changed', 'duplicate', 'merged', 'read'];
/** Entries shown at first, and more each time. */
const STEP = 25;

export function EntryList({
  report,
  duplicates,
  onChoose,
}: {
  report: ImportReport;
  duplicates: DuplicateChoice;
  onChoose: (choice: Duplicates, entry: number) => void;
}) {
  const text = useTransferText();
  const counts: Record<Outcome, number> = {
    'left out': report.leftOut,
    changed: report.changed,
    duplicate: report.duplicates,
    merged: report.merged,
    read: report.tasks - report.changed,
  };
  const there = OUTCOMES.filter((outcome) => counts[outcome] > 0);
  const [wanted, setWanted] = useState<Outcome>();
  const [limit, setLimit] = useState(STEP);
  const outcome = wanted !== undefined && there.includes(wanted) ? wanted : there[0];
  if (outcome === undefined) return null;
  const entries = report.entries.filter((entry) => outcomeOf(entry) === outcome);
  const shown = entries.slice(0, limit);
  const omitted = counts[outcome] - entries.length;
  return (
    <div className="grid gap-3">
      <div role="group" aria-label={text.filter} className="flex flex-wrap gap-1.5">
        {there.map((one) => (
          <button
            key={one}
            type="button"
            aria-pressed={one === outcome}
            onClick={() => {
              setWanted(one);
              setLimit(STEP);
            }}
            className={cn(
              'rounded-full border px-3 py-1.5 text-sm sm:py-1',
              one === outcome
                ? 'border-accent bg-accent-soft font-medium text-accent-text'
                : 'bg-raised hover:bg-page',
            )}
          >
            {text.outcomes[one]} <span className="tabular-nums">{counts[one]}</span>
          </button>
        ))}
      </div>
      <ul
        aria-label={text.entriesLabel}
        className="divide-y overflow-hidden rounded-md border bg-raised"
      >
        {shown.map((entry) => (
          <Entry key={entry.entry} entry={entry}>
            {entry.outcome === 'duplicate' ? (
              <EntryChoice
                entry={entry}
                value={duplicates.single.get(entry.entry) ?? duplicates.all}
                onChoose={onChoose}
              />
            ) : null}
          </Entry>
        ))}
      </ul>
      {entries.length > shown.length ? (
        <Button
          variant="outline"
          size="sm"
          className="justify-self-start"
          onClick={() => {
            setLimit(limit + STEP);
          }}
        >
          {text.showMore(Math.min(STEP, entries.length - shown.length))}
        </Button>
      ) : null}
      {omitted > 0 && entries.length <= shown.length ? (
        <p className="text-sm text-muted">{text.omitted(omitted)}</p>
      ) : null}
    </div>
  );
}

/** What becomes of one entry that is a task already. */
function EntryChoice({
  entry,
  value,
  onChoose,
}: {
  entry: ReportedEntry;
  value: Duplicates;
  onChoose: (choice: Duplicates, entry: number) => void;
}) {
  const text = useTransferText();
  return (
    <div className="mt-1.5 flex flex-wrap items-center gap-x-3 gap-y-1">
      <select
        aria-label={text.choiceOf(entry.title ?? text.untitled)}
        className="h-9 rounded-md border border-field bg-raised px-2 text-sm sm:h-8"
        value={value}
        onChange={(event) => {
          onChoose(event.target.value as Duplicates, entry.entry);
        }}
      >
        {DUPLICATES.map((choice) => (
          <option key={choice} value={choice}>
            {text.choices[choice].one}
          </option>
        ))}
      </select>
      {entry.match === 'content' ? (
        <span className="text-xs text-muted">{text.byContent}</span>
      ) : null}
    </div>
  );
}

function Entry({ entry, children }: { entry: ReportedEntry; children: ReactNode }) {
  const text = useTransferText();
  const { title, notes, becomes } = entry;
  return (
    <li className="px-3 py-2.5 text-sm">
      <div className="flex flex-wrap items-baseline justify-between gap-x-3">
        <p className={cn('min-w-0 [overflow-wrap:anywhere]', title === undefined && 'text-muted')}>
          <bdi>{title ?? text.untitled}</bdi>
        </p>
        <p className="text-xs text-muted">{text.entryNumber(entry.entry, entry.line)}</p>
      </div>
      {becomes === undefined ? null : <Facts becomes={becomes} />}
      {children}
      {notes.length === 0 ? null : (
        <ul className="mt-1.5 grid gap-1 text-xs">
          {notes.map((note, n) => (
            <li key={n} className="[overflow-wrap:anywhere]">
              {note.property === 'entry' ? null : (
                <>
                  <bdi className="font-medium">{note.property}</bdi>{' '}
                  <span
                    className={note.outcome === 'changed' ? 'text-warn-text' : 'text-danger-text'}
                  >
                    {note.outcome === 'changed' ? text.noteChanged : text.noteLeftOut}
                  </span>
                  {': '}
                </>
              )}
              <bdi className="text-muted">{note.why}</bdi>
            </li>
          ))}
        </ul>
      )}
    </li>
  );
}

function Facts({ becomes }: { becomes: NonNullable<ReportedEntry['becomes']> }) {
  const text = useTransferText();
  const words = useText();
  const { locale } = usePerson();
  const when = useDue(becomes.due);
  const facts = [
    becomes.status === 'done' ? (
      <Badge key="done" tone="good">
        {text.done}
      </Badge>
    ) : null,
    becomes.isSubtask ? <Badge key="subtask">{text.subtask}</Badge> : null,
    becomes.list === null ? null : (
      <Badge key="list">
        <ListTodo aria-hidden />
        <bdi className="truncate">{becomes.list}</bdi>
      </Badge>
    ),
    when === null ? null : (
      <Badge key="due">
        <CalendarClock aria-hidden />
        {when}
      </Badge>
    ),
    becomes.rule === null ? null : (
      <Badge key="rule" tone="accent">
        <Repeat aria-hidden />
        {ruleLabel(becomes.rule, words, locale)}
      </Badge>
    ),
    becomes.reminders === 0 ? null : (
      <Badge key="reminders">
        <Bell aria-hidden />
        {text.reminders(becomes.reminders)}
      </Badge>
    ),
    becomes.priority === 'none' ? null : (
      <Badge key="priority" tone={becomes.priority === 'high' ? 'warn' : 'plain'}>
        <Flag aria-hidden />
        {words.priority[becomes.priority]}
      </Badge>
    ),
    ...becomes.tags.map((tag) => (
      <Badge key={`#${tag}`}>
        <bdi className="truncate">#{tag}</bdi>
      </Badge>
    )),
  ].filter((fact) => fact !== null);
  return facts.length === 0 ? null : <div className="mt-1 flex flex-wrap gap-1.5">{facts}</div>;
}

/** A due as the person reads it: on their clock, or with its zone where that is another one. */
function useDue(due: NonNullable<ReportedEntry['becomes']>['due']): string | null {
  const { tasks } = useText();
  const person = usePerson();
  const today = useToday(localDate(new Date(), person.zone));
  if (due === null) return null;
  const day = (date: string): string => dayLabel(date, today, person.locale, tasks);
  switch (due.kind) {
    case 'date':
      return day(due.date);
    case 'instant':
      return instantLabel(due.at, person);
    case 'local':
      return [
        `${day(due.local.slice(0, 10))}, ${timeLabel(due.local.slice(11, 16), person.locale)}`,
        ...(due.zone === person.zone ? [] : [due.zone]),
      ].join(' ');
  }
}
