'use client';
// One page of tasks: its heading, the form to add one, and the list in its four states.
import { useInfiniteQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { dayLabel } from '@/lib/dates';
import { usePerson, useText } from '@/lib/session';
import { taskListOptions } from '@/lib/tasks';
import { useToday } from '@/lib/use-today';
import { filterOf, groupsOf, type View } from '@/lib/views';
import { Button } from '../ui/button';
import { Skeleton } from '../ui/skeleton';
import { EmptyState, ErrorState } from './list-states';
import { QuickAdd } from './quick-add';
import { TaskRow } from './task-row';

export function TaskView({ view, today: initialToday }: { view: View; today: string }) {
  const text = useText();
  const person = usePerson();
  const today = useToday(initialToday);
  const filter = useMemo(() => filterOf(view, today, person), [view, today, person]);
  const query = useInfiniteQuery(taskListOptions(filter));
  const tasks = useMemo(() => query.data?.pages.flatMap((page) => page.items) ?? [], [query.data]);
  const groups = useMemo(() => groupsOf(view, tasks, person, new Date()), [view, tasks, person]);

  const heading = (key: string): string => {
    if (key === 'overdue') return text.tasks.overdue;
    if (key === 'none') return text.tasks.noDate;
    return dayLabel(key, today, person.locale, text.tasks);
  };

  return (
    <>
      {view.name === 'done' || view.name === 'search' ? null : (
        <QuickAdd view={view} today={today} />
      )}
      {query.isPending ? <ListSkeleton label={text.loading} /> : null}
      {query.isError && tasks.length === 0 ? (
        <ErrorState
          error={query.error}
          onRetry={() => {
            void query.refetch();
          }}
        />
      ) : null}
      {query.isSuccess && tasks.length === 0 ? <EmptyState view={view} /> : null}
      {groups.map((group) => (
        <section key={group.key} aria-labelledby={`group-${group.key}`} className="mt-6">
          <h2
            id={`group-${group.key}`}
            className={
              group.key === 'all'
                ? 'sr-only'
                : `mb-1 px-1 text-sm font-semibold ${group.key === 'overdue' ? 'text-danger-text' : 'text-muted'}`
            }
          >
            {group.key === 'all' ? text.tasks.list : heading(group.key)}
          </h2>
          <ul className="divide-y overflow-hidden rounded-lg border bg-panel">
            {group.tasks.map((task) => (
              <TaskRow
                key={task.id}
                task={task}
                today={today}
                showDate={group.key === 'overdue' || group.key === 'all' || group.key === 'none'}
              />
            ))}
          </ul>
        </section>
      ))}
      {query.hasNextPage ? (
        <div className="mt-4 flex justify-center">
          <Button
            variant="outline"
            disabled={query.isFetchingNextPage}
            onClick={() => {
              void query.fetchNextPage();
            }}
          >
            {query.isFetchingNextPage ? text.loading : text.more}
          </Button>
        </div>
      ) : null}
    </>
  );
}

function ListSkeleton({ label }: { label: string }) {
  return (
    <div className="mt-6 grid gap-2" aria-busy="true">
      <span className="sr-only">{label}</span>
      {[0, 1, 2, 3].map((row) => (
        <Skeleton key={row} className="h-12" />
      ))}
    </div>
  );
}
