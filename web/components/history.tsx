'use client';
// What happened, newest first, as the audit part kept it.
import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { call, queryString } from '@/lib/api';
import { ApiError } from '@/lib/api-error';
import { instantLabel } from '@/lib/dates';
import { usePerson, useText } from '@/lib/session';
import type { Text } from '@/text';
import { pageLanguage } from '@/text/languages';
import { ErrorState } from './tasks/error-state';
import { Skeleton } from './ui/skeleton';

interface Entry {
  eventId: string;
  type: string;
  at: string;
  actor?: { kind: 'user' | 'chat' | 'mcp' | 'service' } | null;
  title?: string | null;
  task?: Record<string, unknown> | null;
  before?: Record<string, unknown> | null;
  /** What else the event said. */
  data?: { erased?: boolean } | null;
}

interface Page {
  items: Entry[];
  nextCursor?: string | null;
}

const PAGE_SIZE = 200;
/** Bounds what one view reads. */
const MAX_PAGES = 10;

/** The API gives the oldest first, so that an export can follow it; a person wants the newest. */
async function readAll(path: string, signal: AbortSignal): Promise<Entry[]> {
  const entries: Entry[] = [];
  let cursor: string | null | undefined;
  for (let page = 0; page < MAX_PAGES && cursor !== null; page += 1) {
    const next: Page = await call<Page>(`${path}${queryString({ limit: PAGE_SIZE, cursor })}`, {
      signal,
    });
    entries.push(...next.items);
    cursor = next.nextCursor ?? null;
  }
  return entries.reverse();
}

/** Fields that change with every change and tell a person nothing. */
const SILENT = new Set(['version', 'updatedAt', 'dueAt', 'completedAt', 'status', 'occurrence']);

function changedFields({ task, before }: Entry): string[] {
  if (!task || !before) return [];
  return Object.keys(task).filter(
    (field) => !SILENT.has(field) && JSON.stringify(task[field]) !== JSON.stringify(before[field]),
  );
}

/** What kind of event it was, for the words of it. */
function kindOf({ type, data }: Entry): keyof Text['activity']['kinds'] {
  if (data?.erased === true) return 'erased';
  switch (type.replace(/\.v\d+$/, '')) {
    case 'todo.task.created':
      return 'created';
    case 'todo.task.updated':
      return 'updated';
    case 'todo.task.completed':
      return 'completed';
    case 'todo.task.reopened':
      return 'reopened';
    case 'todo.task.deleted':
      return 'deleted';
    case 'todo.task.restored':
      return 'restored';
    case 'todo.reminder.due':
      return 'due';
    case 'todo.notification.created':
      return 'notified';
    case 'todo.occurrence.created':
      return 'repeated';
    default:
      return 'other';
  }
}

/** A list of history from a route of the API; `titles` also says which task. */
export function History({ path, titles = false }: { path: string; titles?: boolean }) {
  const text = useText();
  const person = usePerson();
  const list = useMemo(() => new Intl.ListFormat(pageLanguage(person.locale)), [person.locale]);
  const query = useQuery({
    queryKey: ['history', path],
    queryFn: ({ signal }) => readAll(path, signal),
  });
  if (query.isPending) return <Skeleton className="h-16" />;
  if (query.isError) {
    if (query.error instanceof ApiError && query.error.status === 404) {
      return <p className="text-sm text-muted">{text.activity.off}</p>;
    }
    return (
      <ErrorState
        title={text.activity.failed}
        error={query.error}
        onRetry={() => {
          void query.refetch();
        }}
      />
    );
  }
  const entries = query.data;
  if (entries.length === 0) return <p className="text-sm text-muted">{text.activity.empty}</p>;
  return (
    <>
      <ol className="grid gap-3">
        {entries.map((entry) => {
          const label = text.activity.kinds[kindOf(entry)];
          const fields = changedFields(entry).map(
            (field) => text.fields[field] ?? text.fields['other'] ?? field,
          );
          const title = entry.title ?? entry.task?.['title'] ?? entry.before?.['title'];
          return (
            <li key={entry.eventId} className="border-s-2 border-accent/50 ps-3 text-sm">
              <p className="[overflow-wrap:anywhere]">
                <span className="font-medium">
                  {titles && typeof title === 'string' ? text.activity.about(label, title) : label}
                </span>
                {fields.length > 0 ? (
                  <span className="text-muted">
                    {' · '}
                    {text.activity.changed(list.format(new Set(fields)))}
                  </span>
                ) : null}
              </p>
              <p className="text-xs text-muted">
                {instantLabel(entry.at, person)}
                {entry.actor ? ` · ${text.activity.by[entry.actor.kind]}` : null}
              </p>
            </li>
          );
        })}
      </ol>
    </>
  );
}
