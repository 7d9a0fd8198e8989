// A page of tasks, made with its first tasks in it.
import type { ReactNode } from 'react';
import { dehydrate, HydrationBoundary, QueryClient } from '@tanstack/react-query';
import { TaskView } from '@/components/tasks/task-view';
import { PageHeading } from '@/components/shell/page-heading';
import { queryString } from '@/lib/api';
import { localDate } from '@/lib/dates';
import { PAGE_QUERY, PAGE_SIZE, taskKeys, type TaskPage } from '@/lib/task-query';
import { filterOf, type View } from '@/lib/views';
import { textFor, type Text } from '@/text';
import { tryBackend } from './backend';
import { database } from './database';
import { requirePerson } from './session';

export async function TaskPageContent({
  view,
  title,
  beside,
}: {
  view: View;
  title: (text: Text) => string;
  /** Stands beside the heading. */
  beside?: ReactNode;
}) {
  const person = await requirePerson();
  const now = database().clock.now();
  const today = localDate(now, person.zone);
  const filter = filterOf(view, today, person);
  const client = new QueryClient();
  const first = await tryBackend<TaskPage>(
    `/tasks${queryString({ ...filter, ...PAGE_QUERY, limit: PAGE_SIZE })}`,
  );
  if (first) {
    client.setQueryData(taskKeys.list(filter), { pages: [first], pageParams: [null] });
  }
  const note =
    view.name === 'today'
      ? new Intl.DateTimeFormat(person.locale, {
          dateStyle: 'full',
          timeZone: person.zone,
        }).format(now)
      : undefined;
  return (
    <HydrationBoundary state={dehydrate(client)}>
      <PageHeading title={title(textFor(person.locale))} {...(note === undefined ? {} : { note })}>
        {beside}
      </PageHeading>
      <TaskView view={view} today={today} />
    </HydrationBoundary>
  );
}
