'use client';
// Gives everything that is overdue another day at once, also what the page has not loaded yet. Loaded when it is first needed.
import type { Task } from '@todo/contracts/task';
import { useState } from 'react';
import { call, queryString } from '@/lib/api';
import { useBulkChange } from '@/lib/bulk-change';
import { moveTo } from '@/lib/reschedule';
import { usePerson, useText } from '@/lib/session';
import type { TaskPage } from '@/lib/task-query';
import { useReason } from '@/lib/tasks';
import { rowsTextFor } from '@/text/rows';
import { Button } from '../ui/button';
import { DropdownMenu, DropdownMenuContent, DropdownMenuTrigger } from '../ui/dropdown-menu';
import { useToast } from '../ui/toast';
import { DateItems } from './change-items';
import { PickDialog } from './pick-dialog';

/** Tasks of a page. */
const PAGE = 200;
/** Pages that are read at most. */
const MAX_PAGES = 25;

export default function RescheduleOverdue({ today }: { today: string }) {
  const app = useText();
  const person = usePerson();
  const text = rowsTextFor(person.locale);
  const toast = useToast();
  const reason = useReason();
  const bulk = useBulkChange();
  const [picking, setPicking] = useState(false);
  const [reading, setReading] = useState(false);

  const reschedule = async (date: string | null) => {
    setReading(true);
    try {
      const tasks = await allOverdue();
      if (tasks.length === 0) {
        toast({ text: text.nothingOverdue });
        return;
      }
      const now = new Date();
      bulk.run({
        tasks,
        change: (task) => ({ kind: 'patch', task, patch: moveTo(task, date, person, now) }),
        said: text.rescheduled,
        back: (task, before) => ({
          kind: 'patch',
          task,
          patch: {
            due: before?.due ?? null,
            ...(task.recurrence === null ? {} : { scope: 'this' as const }),
          },
          undoes: true,
        }),
      });
    } catch (error) {
      toast({ tone: 'danger', text: `${app.tasks.loadFailed}: ${reason(error)}` });
    } finally {
      setReading(false);
    }
  };
  return (
    <>
      <DropdownMenu defaultOpen>
        <DropdownMenuTrigger asChild>
          <Button variant="ghost" size="sm" disabled={reading || bulk.isPending}>
            {app.tasks.reschedule}
          </Button>
        </DropdownMenuTrigger>
        <DropdownMenuContent align="end">
          <DateItems
            today={today}
            withNone={false}
            onDate={(date) => {
              void reschedule(date);
            }}
            onPick={() => {
              setPicking(true);
            }}
          />
        </DropdownMenuContent>
      </DropdownMenu>
      {picking ? (
        <PickDialog
          kind="date"
          title={text.pickDateTitle}
          label={text.date}
          action={text.setDate}
          initial={today}
          onPick={(date) => {
            void reschedule(date);
          }}
          onClose={() => {
            setPicking(false);
          }}
        />
      ) : null}
    </>
  );
}

async function allOverdue(): Promise<Task[]> {
  const tasks: Task[] = [];
  let cursor: string | null = null;
  for (let page = 0; page < MAX_PAGES; page += 1) {
    const query = queryString({ filter: 'overdue', limit: PAGE, cursor });
    const read: TaskPage = await call<TaskPage>(`/tasks${query}`);
    tasks.push(...read.items);
    cursor = read.nextCursor;
    if (cursor === null) break;
  }
  return tasks;
}
