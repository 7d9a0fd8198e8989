'use client';
// Reminders and news, newest first, as the notification part keeps them.
import { useInfiniteQuery } from '@tanstack/react-query';
import { Bell, CheckCheck } from 'lucide-react';
import Link from 'next/link';
import { call, queryString } from '@/lib/api';
import { cn } from '@/lib/class-names';
import { instantLabel } from '@/lib/dates';
import {
  NOTIFICATIONS,
  useReminderAction,
  type Notification,
  type ReminderAction,
} from '@/lib/notifications';
import { usePerson, useText } from '@/lib/session';
import { taskPath } from '@/lib/task-address';
import { ErrorState } from './tasks/error-state';
import { Badge } from './ui/badge';
import { Button } from './ui/button';
import { Skeleton } from './ui/skeleton';

interface Page {
  items: Notification[];
  nextCursor?: string | null;
}

export function Notifications() {
  const text = useText();
  const query = useInfiniteQuery({
    queryKey: [...NOTIFICATIONS, 'list'],
    initialPageParam: null as string | null,
    queryFn: ({ pageParam, signal }) =>
      call<Page>(`/notifications${queryString({ limit: 50, cursor: pageParam })}`, { signal }),
    getNextPageParam: (page) => page.nextCursor ?? null,
  });
  const act = useReminderAction();
  if (query.isPending) {
    return (
      <div className="grid gap-2">
        <Skeleton className="h-14" />
        <Skeleton className="h-14" />
      </div>
    );
  }
  if (query.isError) {
    return (
      <ErrorState
        title={text.notifications.failed}
        error={query.error}
        onRetry={() => {
          void query.refetch();
        }}
      />
    );
  }
  const items = query.data.pages.flatMap((page) => page.items);
  if (items.length === 0) {
    return (
      <div className="mt-10 flex flex-col items-center gap-1 px-6 py-10 text-center">
        <Bell aria-hidden className="mb-2 size-8 text-accent-text" />
        <p className="font-medium">{text.notifications.empty}</p>
        <p className="text-sm text-muted">{text.notifications.emptyHint}</p>
      </div>
    );
  }
  return (
    <>
      <div className="mb-2 flex justify-end">
        <Button
          variant="ghost"
          size="sm"
          disabled={act.isPending || items.every((item) => item.readAt !== null)}
          onClick={() => {
            act.mutate({ kind: 'readAll' });
          }}
        >
          <CheckCheck aria-hidden />
          {text.notifications.readAll}
        </Button>
      </div>
      <ul className="divide-y overflow-hidden rounded-lg border bg-panel">
        {items.map((item) => (
          <Item key={item.id} item={item} act={act.mutate} />
        ))}
      </ul>
      {query.hasNextPage ? (
        <div className="mt-4 flex justify-center">
          <Button
            variant="outline"
            onClick={() => {
              void query.fetchNextPage();
            }}
          >
            {text.more}
          </Button>
        </div>
      ) : null}
    </>
  );
}

function Item({ item, act }: { item: Notification; act: (action: ReminderAction) => void }) {
  const { notifications: text } = useText();
  const person = usePerson();
  const { id, taskId } = item;
  const unread = item.readAt === null;
  return (
    <li className="flex flex-wrap items-start gap-x-3 gap-y-1 px-4 py-3">
      <Bell
        aria-hidden
        className={cn('mt-0.5 size-4 shrink-0', unread ? 'text-accent-text' : 'text-muted')}
      />
      <div className="me-auto min-w-0 flex-1 basis-48">
        <p className={cn('text-sm [overflow-wrap:anywhere]', unread && 'font-medium')}>
          {taskId === null ? (
            item.text
          ) : (
            <Link
              href={taskPath(taskId)}
              prefetch={false}
              className="hover:underline"
              onClick={() => {
                if (unread) act({ kind: 'read', id });
              }}
            >
              {item.text}
            </Link>
          )}
          {unread ? <span className="sr-only"> ({text.unread})</span> : null}
        </p>
        <p className="mt-0.5 flex items-center gap-2 text-xs text-muted">
          {instantLabel(item.at, person)}
          {item.late ? <Badge tone="warn">{text.late}</Badge> : null}
        </p>
      </div>
      {unread ? (
        <div className="flex flex-wrap gap-1">
          {taskId === null ? null : (
            <>
              <Button
                variant="outline"
                size="sm"
                aria-label={text.doneOf(item.text)}
                onClick={() => {
                  act({ kind: 'done', taskId });
                }}
              >
                {text.done}
              </Button>
              <Button
                variant="ghost"
                size="sm"
                aria-label={text.snoozeOf(item.text)}
                onClick={() => {
                  act({ kind: 'snooze', taskId });
                }}
              >
                {text.snooze}
              </Button>
            </>
          )}
          <Button
            variant="ghost"
            size="sm"
            onClick={() => {
              act({ kind: 'read', id });
            }}
          >
            {text.read}
          </Button>
        </div>
      ) : null}
    </li>
  );
}
