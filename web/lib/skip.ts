'use client';
// Skips an occurrence of a repeating task, and takes that back.
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { Task } from '@todo/contracts/task';
import { useToast } from '@/components/ui/toast';
import { occurrenceTextFor } from '@/text/occurrence';
import { call } from './api';
import { dayLabel, taskDate } from './dates';
import { usePerson, useText } from './session';
import { taskKeys } from './task-query';
import { putTask, useReason } from './tasks';

interface Skip {
  readonly task: Task;
  /** Takes the skip of this task back. */
  readonly back: boolean;
}

/** Skips a task, with a way back in the notice. Sent twice, it skips once: it names the due that it skips. */
export function useSkip(today: string): (task: Task) => void {
  const client = useQueryClient();
  const person = usePerson();
  const toast = useToast();
  const reason = useReason();
  const { tasks, undo } = useText();
  const text = occurrenceTextFor(person.locale);
  const { mutate } = useMutation({
    mutationKey: taskKeys.all,
    mutationFn: ({ task, back }: Skip) =>
      call<Task>(`/tasks/${task.id}/${back ? 'unskip' : 'skip'}`, {
        method: 'POST',
        body: { due: back ? (task.usual?.due ?? task.due) : task.due },
      }),
    onSuccess: (saved, { task, back }) => {
      putTask(client, saved);
      if (back) {
        toast({ text: text.back(task.title) });
        return;
      }
      const date = taskDate(saved, person.zone) ?? '';
      toast({
        text: text.skipped(task.title, dayLabel(date, today, person.locale, tasks)),
        action: {
          label: undo,
          run: () => {
            mutate({ task, back: true });
          },
        },
      });
    },
    onError: (error, { task }) => {
      toast({ tone: 'danger', text: tasks.failed(task.title, reason(error)) });
    },
    onSettled: () => client.invalidateQueries({ queryKey: taskKeys.all }),
  });
  return (task) => {
    mutate({ task, back: false });
  };
}
