'use client';
// What can be done with several tasks at once.
import type { Task } from '@todo/contracts/task';
import { CalendarArrowUp, CheckCheck, Ellipsis, Hash, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { useBulkChange, type BulkChange } from '@/lib/bulk-change';
import { moveTo } from '@/lib/reschedule';
import { usePerson, useText } from '@/lib/session';
import type { TaskPatch } from '@/lib/task-change';
import { rowsTextFor } from '@/text/rows';
import { ConfirmDialog } from '../ui/alert-dialog';
import { Button } from '../ui/button';
import {
  DropdownMenu,
  DropdownMenuContent,
  DropdownMenuItem,
  DropdownMenuTrigger,
} from '../ui/dropdown-menu';
import { DateItems, ListItems, PriorityItems } from './change-items';
import { PickDialog } from './pick-dialog';

export default function SelectionBar({
  tasks,
  today,
  onSelectAll,
  onDone,
}: {
  tasks: Task[];
  today: string;
  onSelectAll: () => void;
  onDone: () => void;
}) {
  const app = useText();
  const person = usePerson();
  const text = rowsTextFor(person.locale);
  const bulk = useBulkChange();
  const [asking, setAsking] = useState<'delete' | 'date' | 'tag' | null>(null);
  const asked = () => {
    setAsking(null);
  };

  const run = (change: Omit<BulkChange, 'tasks'>) => {
    bulk.run({ tasks, ...change }, onDone);
  };
  /** Changes fields; undo gives each task its own back. */
  const patchAll = (patchOf: (task: Task) => TaskPatch) => {
    run({
      change: (task) => ({ kind: 'patch', task, patch: patchOf(task) }),
      said: text.changed,
      back: (task, before) => ({
        kind: 'patch',
        task,
        patch: before === undefined ? {} : fieldsOf(before, patchOf(before)),
        undoes: true,
      }),
    });
  };
  const setDate = (date: string | null) => {
    patchAll((task) => moveTo(task, date, person, new Date()));
  };

  const none = tasks.length === 0 || bulk.isPending;
  return (
    <div className="fixed inset-x-0 bottom-14 z-30 border-t bg-raised shadow-lg lg:bottom-0 lg:start-60">
      <div className="mx-auto flex max-w-3xl flex-wrap items-center gap-1 px-4 py-2 sm:px-6">
        <p role="status" className="me-auto text-sm font-medium">
          {app.tasks.selected(tasks.length)}
        </p>
        <Button variant="link" size="sm" onClick={onSelectAll}>
          {app.tasks.selectAll}
        </Button>
        <div className="-mx-3 flex w-full justify-between sm:mx-0 sm:w-auto">
          <Button
            variant="ghost"
            size="sm"
            disabled={none}
            onClick={() => {
              run({
                change: (task) => ({ kind: 'complete', task }),
                said: app.tasks.manyDone,
                back: (task) => ({ kind: 'reopen', task }),
              });
            }}
          >
            <CheckCheck aria-hidden />
            {app.tasks.completeMany}
          </Button>
          <DropdownMenu>
            <DropdownMenuTrigger asChild>
              <Button variant="ghost" size="sm" disabled={none}>
                <CalendarArrowUp aria-hidden />
                {text.date}
              </Button>
            </DropdownMenuTrigger>
            <DropdownMenuContent side="top" align="end">
              <DateItems
                today={today}
                onDate={setDate}
                onPick={() => {
                  setAsking('date');
                }}
              />
            </DropdownMenuContent>
          </DropdownMenu>
          <Button
            variant="ghost"
            size="sm"
            className="text-danger-text"
            disabled={none}
            onClick={() => {
              setAsking('delete');
            }}
          >
            <Trash2 aria-hidden />
            {app.tasks.deleteMany}
          </Button>
          <DropdownMenu>
            <DropdownMenuTrigger asChild>
              <Button variant="ghost" size="icon" disabled={none} aria-label={text.more}>
                <Ellipsis aria-hidden />
              </Button>
            </DropdownMenuTrigger>
            <DropdownMenuContent side="top" align="end">
              <PriorityItems
                onPriority={(priority) => {
                  patchAll(() => ({ priority }));
                }}
              />
              <ListItems
                onList={(listId) => {
                  patchAll(() => ({ listId }));
                }}
              />
              <DropdownMenuItem
                onSelect={() => {
                  setAsking('tag');
                }}
              >
                <Hash aria-hidden />
                {text.tag}
              </DropdownMenuItem>
            </DropdownMenuContent>
          </DropdownMenu>
        </div>
      </div>
      {asking === 'date' ? (
        <PickDialog
          kind="date"
          title={text.pickDateTitle}
          label={text.date}
          action={text.setDate}
          initial={today}
          onPick={setDate}
          onClose={asked}
        />
      ) : null}
      {asking === 'tag' ? (
        <PickDialog
          kind="text"
          title={text.tagTitle}
          label={text.tagName}
          action={text.addTag}
          onPick={(tag) => {
            patchAll((task) => ({ tags: withTag(task.tags, tag) }));
          }}
          onClose={asked}
        />
      ) : null}
      <ConfirmDialog
        open={asking === 'delete'}
        onOpenChange={asked}
        title={app.tasks.deleteManyTitle(tasks.length)}
        description={app.tasks.deleteManyHint}
        confirm={app.tasks.deleteMany}
        cancel={app.cancel}
        onConfirm={() => {
          run({
            change: (task) => ({ kind: 'delete', task }),
            said: app.tasks.manyDeleted,
            back: (task) => ({ kind: 'restore', task }),
          });
        }}
      />
    </div>
  );
}

function withTag(tags: readonly string[], given: string): string[] {
  const tag = given.replace(/^#/, '').trim();
  const has = tags.some((one) => one.toLowerCase() === tag.toLowerCase());
  return tag === '' || has ? [...tags] : [...tags, tag];
}

/** What a task has in the fields of a patch. */
function fieldsOf(task: Task, patch: TaskPatch): TaskPatch {
  const { due, priority, listId, tags } = task;
  const own = { due, priority, listId, tags };
  return {
    ...Object.fromEntries(Object.entries(own).filter(([field]) => field in patch)),
    ...(patch.scope === undefined ? {} : { scope: patch.scope }),
  };
}
