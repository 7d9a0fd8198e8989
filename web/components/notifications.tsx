'use client';
// Reminders and news, newest first, as the notification part keeps them.
import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query';
import { Bell } from 'lucide-react';
import { call, queryString } from '@/lib/api';
import { instantLabel } from '@/lib/dates';
import { usePerson, useText } from '@/lib/session';
import { useReason } from '@/lib/tasks';
import { ErrorState } from './tasks/list-states';
import { Badge } from './ui/badge';
import { Button } from './ui/button';
import { Skeleton } from './ui/skeleton';
import { useToast } from './ui/toast';

interface Notification {
  id: string;
  taskId: string | null;
  kind: string;
  text: string;
  late: boolean;
  at: string;
  readAt: string | null;
}

interface Page {
  items: Notification[];
  nextCursor?: string | null;
}

export function Notifications() {
  const text = useText();
  const person = usePerson();
  const query = useInfiniteQuery({
    queryKey: ['notifications'],
    initialPageParam: null as string | null,
    queryFn: ({ pageParam, signal }) =>
      call<Page>(`/notifications${queryString({ limit: 50, cursor: pageParam })}`, { signal }),
    getNextPageParam: (page) => page.nextCursor ?? null,
  });
  const client = useQueryClient();
  const toast = useToast();
  const reason = useReason();
  const read = useMutation({
    mutationFn: (id: string) => call<unknown>(`/notifications/${id}/read`, { method: 'POST' }),
    onError: (error) => {
      toast({ tone: 'danger', text: reason(error) });
    },
    onSettled: () => client.invalidateQueries({ queryKey: ['notifications'] }),
  });
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
      <ul className="divide-y overflow-hidden rounded-lg border bg-panel">
        {items.map((item) => {
          return (
            <li key={item.id} className="flex items-start gap-3 px-4 py-3">
              <Bell aria-hidden className="mt-0.5 size-4 shrink-0 text-accent-text" />
              <div className="mr-auto min-w-0">
                <p className="text-sm [overflow-wrap:anywhere]">{item.text}</p>
                <p className="mt-0.5 flex items-center gap-2 text-xs text-muted">
                  {instantLabel(item.at, person)}
                  {item.late ? <Badge tone="warn">{text.notifications.late}</Badge> : null}
                </p>
              </div>
              {item.readAt === null ? (
                <Button
                  variant="ghost"
                  size="sm"
                  disabled={read.isPending}
                  onClick={() => {
                    read.mutate(item.id);
                  }}
                >
                  {text.notifications.read}
                </Button>
              ) : null}
            </li>
          );
        })}
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
