'use client';
// What can be done with several tasks at once.
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { Task } from '@todo/contracts/task';
import { CalendarArrowUp, CheckCheck, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { addDays } from '@/lib/dates';
import { isKept, sendOrKeep } from '@/lib/send-or-keep';
import { usePerson, useText } from '@/lib/session';
import { taskKeys } from '@/lib/task-query';
import { useReason } from '@/lib/tasks';
import type { TaskChange } from '@/lib/task-change';
import { ConfirmDialog } from '../ui/alert-dialog';
import { Button } from '../ui/button';
import { useToast } from '../ui/toast';

/** As many requests as a browser sends to one host at once. */
const AT_ONCE = 5;

interface Outcome {
  changed: Task[];
  failed: number;
  error: unknown;
}

async function sendAll(personId: string, changes: TaskChange[]): Promise<Outcome> {
  const outcome: Outcome = { changed: [], failed: 0, error: undefined };
  const waiting = [...changes];
  const work = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      try {
        const saved = await sendOrKeep(personId, next);
        outcome.changed.push(saved === undefined || isKept(saved) ? next.task : saved);
      } catch (error) {
        outcome.failed += 1;
        outcome.error = error;
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return outcome;
}

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
  const text = useText();
  const toast = useToast();
  const reason = useReason();
  const client = useQueryClient();
  const { id: personId } = usePerson();
  const [asking, setAsking] = useState(false);
  const bulk = useMutation({
    mutationKey: taskKeys.all,
    mutationFn: (changes: TaskChange[]) => sendAll(personId, changes),
    onSettled: () => client.invalidateQueries({ queryKey: taskKeys.all }),
  });

  const run = (
    change: (task: Task) => TaskChange,
    said: (number: number) => string,
    back: (task: Task, before: Task | undefined) => TaskChange,
  ) => {
    const before = new Map(tasks.map((task) => [task.id, task]));
    bulk.mutate(tasks.map(change), {
      onSuccess: ({ changed, failed, error }) => {
        if (failed > 0) {
          toast({ tone: 'danger', text: text.tasks.manyFailed(failed, reason(error)) });
        }
        if (changed.length > 0) {
          toast({
            text: said(changed.length),
            action: {
              label: text.undo,
              run: () => {
                bulk.mutate(
                  changed.map((task) => back(task, before.get(task.id))),
                  {
                    onSuccess: (undone) => {
                      toast({ text: text.tasks.manyRestored(undone.changed.length) });
                    },
                  },
                );
              },
            },
          });
        }
        onDone();
      },
    });
  };

  const none = tasks.length === 0 || bulk.isPending;
  return (
    <div className="fixed inset-x-0 bottom-14 z-30 border-t bg-raised shadow-lg lg:bottom-0 lg:start-60">
      <div className="mx-auto flex max-w-3xl flex-wrap items-center gap-1 px-4 py-2 sm:px-6">
        <p role="status" className="me-auto text-sm font-medium">
          {text.tasks.selected(tasks.length)}
        </p>
        <Button variant="link" size="sm" onClick={onSelectAll}>
          {text.tasks.selectAll}
        </Button>
        <div className="-mx-3 flex w-full justify-between sm:mx-0 sm:w-auto">
          <Button
            variant="ghost"
            size="sm"
            disabled={none}
            onClick={() => {
              run(
                (task) => ({ kind: 'complete', task }),
                text.tasks.manyDone,
                (task) => ({ kind: 'reopen', task }),
              );
            }}
          >
            <CheckCheck aria-hidden />
            {text.tasks.completeMany}
          </Button>
          <Button
            variant="ghost"
            size="sm"
            disabled={none}
            onClick={() => {
              const date = addDays(today, 1);
              run(
                (task) => ({ kind: 'patch', task, patch: { due: { kind: 'date', date } } }),
                text.tasks.manyMoved,
                (task, before) => ({ kind: 'patch', task, patch: { due: before?.due ?? null } }),
              );
            }}
          >
            <CalendarArrowUp aria-hidden />
            {text.tasks.tomorrowMany}
          </Button>
          <Button
            variant="ghost"
            size="sm"
            className="text-danger-text"
            disabled={none}
            onClick={() => {
              setAsking(true);
            }}
          >
            <Trash2 aria-hidden />
            {text.tasks.deleteMany}
          </Button>
        </div>
      </div>
      <ConfirmDialog
        open={asking}
        onOpenChange={setAsking}
        title={text.tasks.deleteManyTitle(tasks.length)}
        description={text.tasks.deleteManyHint}
        confirm={text.tasks.deleteMany}
        cancel={text.cancel}
        onConfirm={() => {
          run(
            (task) => ({ kind: 'delete', task }),
            text.tasks.manyDeleted,
            (task) => ({ kind: 'restore', task }),
          );
        }}
      />
    </div>
  );
}
