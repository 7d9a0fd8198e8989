'use client';
// Lines of quick add on their way. Each is kept as a draft until the task is there; a line that was refused goes back to the
// empty field, or is shown above a field that has the next line in it already.
//
//   sent ──> read ──> added ................. gone from here
//     │        ├────> nobody answers ───────> waits on the device (lib/waiting.ts), also when it was read
//     │        └────> refused ─ field empty > the line is in the field again
//     │                 └──── field in use ─> shown, to try again, edit or discard
//     └── the page was left ────────────────> sent again with its key, which makes one task of both; unread it counts as failed
import { useQueryClient } from '@tanstack/react-query';
import { showsSomething } from '@todo/contracts/text';
import { useEffect, useEffectEvent, useRef } from 'react';
import { useDraft } from '@/lib/drafts';
import { readLine, type QuickAddReading } from '@/lib/quick-add';
import { useToast } from '@/components/ui/toast';
import { usePerson, useText } from '@/lib/session';
import { newSubmissionKey, useAddTask } from '@/lib/add-task';
import { useReason } from '@/lib/tasks';
import type { NewTask } from '@/lib/task-change';
import type { View } from '@/lib/views';
import { isUnanswered, keepWaiting, waitingOf } from '@/lib/waiting';
import { EMPTY_DRAFT, type Draft } from './quick-add-draft';

/** A line that is not a task yet. */
export interface UnsentLine {
  /** Of the submission: sent twice, it makes one task. */
  key: string;
  draft: Draft;
  /** As it was understood; a repetition sends the same. */
  task: NewTask | null;
  /** Why it failed; null while it is on its way. */
  problem: string | null;
}

const NO_LINES: UnsentLine[] = [];
/** Keys on their way from this page. */
const running = new Set<string>();

/**
 * Sends lines and keeps those that are not sent.
 * @param make the task of a reading and what was set by hand
 * @param field the line that is being typed
 * @param onRefused says in the form why its line came back
 * @param place the page that is typed on
 */
export function useUnsentLines(
  make: (read: QuickAddReading['task'], draft: Draft) => NewTask,
  field: { draft: Draft; set: (next: Draft | ((now: Draft) => Draft)) => void },
  onRefused: (problem: string) => void,
  place: { view: View; today: string },
) {
  const text = useText();
  const { id: personId } = usePerson();
  const toast = useToast();
  const client = useQueryClient();
  const add = useAddTask();
  const reason = useReason();
  const [lines, setLines] = useDraft<UnsentLine[]>('quick-add-unsent', NO_LINES);
  const typed = useRef(field.draft.title);
  useEffect(() => {
    typed.current = field.draft.title;
  }, [field.draft.title]);

  const forget = (key: string) => {
    setLines((now) => {
      const rest = now.filter((line) => line.key !== key);
      return rest.length === 0 ? NO_LINES : rest;
    });
  };
  const update = (key: string, change: Partial<UnsentLine>) => {
    setLines((now) => now.map((line) => (line.key === key ? { ...line, ...change } : line)));
  };
  const fail = (line: UnsentLine, problem: string) => {
    if (typed.current === '') {
      typed.current = line.draft.title;
      forget(line.key);
      field.set(line.draft);
      onRefused(problem);
    } else update(line.key, { problem });
  };

  const wait = ({ key, draft }: UnsentLine) => {
    keepWaiting(personId, { kind: 'line', draft, ...place }, 'waiting', key);
    forget(key);
    toast({ text: text.tasks.waits(draft.title) });
  };
  const send = async (line: UnsentLine): Promise<void> => {
    if (running.has(line.key)) return;
    running.add(line.key);
    try {
      if (line.task === null && waitingOf(personId).some(({ state }) => state === 'waiting')) {
        wait(line); // behind what was typed before
        return;
      }
      const task = line.task ?? make(await readLine(client, line.draft), line.draft);
      if (!showsSomething(task.title)) {
        fail(line, text.tasks.titleMissing);
        return;
      }
      update(line.key, { task, problem: null });
      await add.mutateAsync({ task, key: line.key, draft: line.draft });
      forget(line.key);
    } catch (error) {
      if (isUnanswered(error)) wait(line);
      else fail(line, text.tasks.addFailed(line.draft.title, reason(error)));
    } finally {
      running.delete(line.key);
    }
  };

  const resume = useEffectEvent(() => {
    for (const line of lines) {
      if (line.problem !== null || running.has(line.key)) continue;
      // Never sent: it may be changed still. Sent without an answer: its key makes one task of both.
      if (line.task === null) fail(line, text.tasks.unsent);
      else void send(line);
    }
  });
  useEffect(() => {
    resume();
  }, []);

  const putBack = (draft: Draft) => {
    if (showsSomething(field.draft.title)) {
      const other = { key: newSubmissionKey(), draft: field.draft, task: null };
      setLines((now) => [...now, { ...other, problem: text.tasks.unsent }]);
    }
    field.set(draft);
  };

  return {
    lines,
    submit: (draft: Draft) => {
      const line: UnsentLine = { key: newSubmissionKey(), draft, task: null, problem: null };
      setLines((now) => [...now, line]);
      typed.current = '';
      field.set(EMPTY_DRAFT);
      void send(line);
    },
    retry: (line: UnsentLine) => {
      update(line.key, { problem: null });
      void send(line);
    },
    /** Puts a line back into the field; what is there takes its place. */
    edit: (line: UnsentLine) => {
      forget(line.key);
      putBack(line.draft);
    },
    /** Like `edit`, for a line from elsewhere. */
    putBack,
    drop: (line: UnsentLine) => {
      forget(line.key);
    },
  };
}
