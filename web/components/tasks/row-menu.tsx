'use client';
// The menu of a task's row. Loaded when the first one is about to be opened.
import type { Task } from '@todo/contracts/task';
import { ArrowDown, ArrowUp, Copy, Link, Pencil, SkipForward, Trash2 } from 'lucide-react';
import { useRef, useState } from 'react';
import { newSubmissionKey, useAddTask } from '@/lib/add-task';
import { moveTo } from '@/lib/reschedule';
import { usePerson, useText } from '@/lib/session';
import { useSkip } from '@/lib/skip';
import { taskPath } from '@/lib/task-address';
import type { NewTask, TaskPatch } from '@/lib/task-change';
import { useChangeTask } from '@/lib/tasks';
import { occurrenceTextFor } from '@/text/occurrence';
import { rowsTextFor } from '@/text/rows';
import {
  DropdownMenu,
  DropdownMenuContent,
  DropdownMenuItem,
  DropdownMenuSeparator,
  DropdownMenuTrigger,
} from '../ui/dropdown-menu';
import { useToast } from '../ui/toast';
import { DateItems, ListItems, PriorityItems } from './change-items';
import type { Moves } from './moves';
import { PickDialog } from './pick-dialog';
import { RowMenuButton } from './row-menu-button';

export default function RowMenu({
  task,
  today,
  label,
  onEdit,
  moves,
}: {
  task: Task;
  today: string;
  label: string;
  onEdit: () => void;
  moves: Moves | undefined;
}) {
  const app = useText();
  const person = usePerson();
  const text = rowsTextFor(person.locale);
  const toast = useToast();
  const skip = useSkip(today);
  const change = useChangeTask();
  const add = useAddTask();
  const moved = useRef(false);
  const [picking, setPicking] = useState(false);
  const patch = (fields: TaskPatch) => {
    change.mutate({ kind: 'patch', task, patch: fields });
  };
  const setDate = (date: string | null) => {
    patch(moveTo(task, date, person, new Date()));
  };
  return (
    <>
      <DropdownMenu defaultOpen>
        <DropdownMenuTrigger asChild>
          <RowMenuButton label={label} />
        </DropdownMenuTrigger>
        <DropdownMenuContent
          align="end"
          onCloseAutoFocus={(event) => {
            if (moved.current) event.preventDefault(); // the focus went somewhere better
            moved.current = false;
          }}
        >
          <DropdownMenuItem onSelect={onEdit}>
            <Pencil aria-hidden />
            {app.tasks.editShort}
          </DropdownMenuItem>
          <DropdownMenuSeparator />
          {task.status === 'done' ? null : (
            <DateItems
              today={today}
              withNone={task.recurrence === null}
              onDate={setDate}
              onPick={() => {
                moved.current = true;
                setPicking(true);
              }}
            />
          )}
          {task.recurrence === null || task.status === 'done' ? null : (
            <DropdownMenuItem
              onSelect={() => {
                skip(task);
              }}
            >
              <SkipForward aria-hidden />
              {occurrenceTextFor(person.locale).skip}
            </DropdownMenuItem>
          )}
          <PriorityItems
            onPriority={(priority) => {
              patch({ priority });
            }}
          />
          <ListItems
            onList={(listId) => {
              patch({ listId });
            }}
          />
          <DropdownMenuSeparator />
          <DropdownMenuItem
            onSelect={() => {
              add.mutate({ task: copyOf(task), key: newSubmissionKey() });
            }}
          >
            <Copy aria-hidden />
            {text.duplicate}
          </DropdownMenuItem>
          <DropdownMenuItem
            onSelect={() => {
              copyLink(task).then(
                () => {
                  toast({ text: text.copied });
                },
                () => {
                  toast({ tone: 'danger', text: text.notCopied });
                },
              );
            }}
          >
            <Link aria-hidden />
            {text.copyLink}
          </DropdownMenuItem>
          {moves === undefined ? null : (
            <>
              <DropdownMenuItem
                disabled={moves.up === null}
                onSelect={() => {
                  moves.up?.();
                }}
              >
                <ArrowUp aria-hidden />
                {app.order.up}
              </DropdownMenuItem>
              <DropdownMenuItem
                disabled={moves.down === null}
                onSelect={() => {
                  moves.down?.();
                }}
              >
                <ArrowDown aria-hidden />
                {app.order.down}
              </DropdownMenuItem>
            </>
          )}
          <DropdownMenuSeparator />
          <DropdownMenuItem
            danger
            onSelect={() => {
              moved.current = true;
              focusNeighbour(task);
              change.mutate({ kind: 'delete', task });
            }}
          >
            <Trash2 aria-hidden />
            {app.tasks.deleteShort}
          </DropdownMenuItem>
        </DropdownMenuContent>
      </DropdownMenu>
      {picking ? (
        <PickDialog
          kind="date"
          title={text.pickDateTitle}
          label={text.date}
          action={text.setDate}
          initial={today}
          onPick={setDate}
          onClose={() => {
            setPicking(false);
          }}
        />
      ) : null}
    </>
  );
}

/** Keeps the keyboard where it was: the next task, else the one before, else the add form. */
function focusNeighbour({ id }: Task): void {
  const rows = [...document.querySelectorAll<HTMLLIElement>('main li[data-task]')];
  const index = rows.findIndex((row) => row.dataset['task'] === id);
  const neighbour = rows[index + 1] ?? rows[index - 1];
  const target =
    neighbour?.querySelector<HTMLElement>('input[type=checkbox]') ??
    document.querySelector<HTMLElement>('main form input');
  setTimeout(() => {
    target?.focus();
  });
}

/** A new task like this one: its reminders get ids of their own, and a series begins again. */
function copyOf(task: Task): NewTask {
  const { title, notes, priority, tags, due, recurrence, parentId, listId } = task;
  const reminders = task.reminders.map((reminder) =>
    'at' in reminder ? { at: reminder.at } : { before: reminder.before },
  );
  return { title, notes, priority, tags, due, recurrence, reminders, parentId, listId };
}

async function copyLink(task: Task): Promise<void> {
  await navigator.clipboard.writeText(`${window.location.origin}${taskPath(task.id)}`);
}
