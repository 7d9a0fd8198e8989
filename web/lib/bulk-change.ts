'use client';
// Changes several tasks at once: each one sent as it is, a few at a time, and all taken back with one undo.
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { Task } from '@todo/contracts/task';
import { useToast } from '@/components/ui/toast';
import { isKept, sendOrKeep } from './send-or-keep';
import { usePerson, useText } from './session';
import type { TaskChange } from './task-change';
import { taskKeys } from './task-query';
import { useReason } from './tasks';

/** As many requests as a browser sends to one host at once. */
const AT_ONCE = 5;

interface Outcome {
  changed: Task[];
  failed: number;
  error: unknown;
}

/** A change of several tasks, what is said of it, and how each one is taken back. */
export interface BulkChange {
  tasks: readonly Task[];
  change: (task: Task) => TaskChange;
  said: (number: number) => string;
  back: (task: Task, before: Task | undefined) => TaskChange;
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

/** Runs such a change. `onDone` is called when every task was answered. */
export function useBulkChange(): {
  run: (bulk: BulkChange, onDone?: () => void) => void;
  isPending: boolean;
} {
  const text = useText();
  const toast = useToast();
  const reason = useReason();
  const client = useQueryClient();
  const { id: personId } = usePerson();
  const mutation = useMutation({
    mutationKey: taskKeys.all,
    mutationFn: (changes: TaskChange[]) => sendAll(personId, changes),
    onSettled: () => client.invalidateQueries({ queryKey: taskKeys.all }),
  });
  const run = ({ tasks, change, said, back }: BulkChange, onDone?: () => void): void => {
    const before = new Map(tasks.map((task) => [task.id, task]));
    mutation.mutate(tasks.map(change), {
      onSuccess: ({ changed, failed, error }) => {
        if (failed > 0)
          toast({ tone: 'danger', text: text.tasks.manyFailed(failed, reason(error)) });
        if (changed.length > 0)
          toast({
            text: said(changed.length),
            action: {
              label: text.undo,
              run: () => {
                mutation.mutate(
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
        onDone?.();
      },
    });
  };
  return { run, isPending: mutation.isPending };
}
