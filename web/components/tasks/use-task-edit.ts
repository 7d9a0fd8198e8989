'use client';
// The edit of one task: what it began with, what the person made of it, what others did meanwhile. Kept as a draft until it is
// saved or discarded, so that a reload, an ended session or the Back button loses nothing.
import { zodResolver } from '@hookform/resolvers/zod';
import type { Task } from '@todo/contracts/task';
import { useCallback, useEffect, useEffectEvent, useState } from 'react';
import { useForm, useWatch, type Resolver } from 'react-hook-form';
import type { z } from 'zod';
import { readDraft, writeDraft } from '@/lib/drafts';
import { useSaveEdit } from '@/lib/save-edit';
import { usePerson, useText } from '@/lib/session';
import {
  differences,
  fieldsOf,
  mergeFields,
  patchOf,
  withField,
  type MergedField,
  type TaskFields,
} from '@/lib/task-fields';

/** An unfinished edit, as it is kept. */
interface EditDraft {
  base: Task;
  fields: TaskFields;
  conflicts: MergedField[];
}

/** The draft's name of a task's edit. */
export function editDraftName(taskId: string): string {
  return `edit:${taskId}`;
}

/** A save that meets somebody else's change more often than this gives up; each one is another write in between. */
const MAX_MERGES = 5;

/**
 * The form of a task, up to date with the task.
 * @param task as it is now
 * @param onDone after it was saved, or when there was nothing to save
 */
export function useTaskEdit(
  task: Task,
  schema: z.ZodType<TaskFields, TaskFields>,
  onDone: () => void,
) {
  const text = useText();
  const { id: personId, zone } = usePerson();
  const save = useSaveEdit();
  const name = editDraftName(task.id);
  const [kept] = useState(() => readDraft(personId, name) as EditDraft | undefined);
  const [base, setBase] = useState(kept?.base ?? task);
  const [conflicts, setConflicts] = useState<MergedField[]>(kept?.conflicts ?? []);
  const [onlyThis, setOnlyThis] = useState(false);
  const [undecided, setUndecided] = useState(false);
  const [problem, setProblem] = useState<string>();
  const form = useForm<TaskFields>({
    resolver: zodResolver(schema) as Resolver<TaskFields>,
    defaultValues: kept?.fields ?? fieldsOf(task, zone),
  });
  const fields = useWatch({ control: form.control }) as TaskFields;
  const theirs = fieldsOf(base, zone);
  const changed = differences(theirs, fields);
  const canBeOnlyThis =
    task.recurrence !== null &&
    fields.date !== '' &&
    changed.length > 0 &&
    changed.every((field) => field !== 'recurrence' && field !== 'listId');
  const scope = onlyThis && canBeOnlyThis ? { scope: 'this' as const } : {};
  const open = conflicts.filter((field) => changed.includes(field));

  const fill = useCallback(
    (next: TaskFields) => {
      for (const [field, value] of Object.entries(next))
        form.setValue(field as keyof TaskFields, value as never, { shouldDirty: true });
    },
    [form],
  );

  /** Goes on from a newer version of the task. */
  const rebase = (from: Task, to: Task, mine: TaskFields) => {
    const result = mergeFields(fieldsOf(from, zone), mine, fieldsOf(to, zone));
    setBase(to);
    setConflicts((before) => [...new Set([...before, ...result.conflicts])]);
    fill(result.merged);
    return result;
  };

  const follow = useEffectEvent(() => {
    if (task.version > base.version) rebase(base, task, form.getValues());
  });
  // After the render that brought the version: the form is filled, and what it shows is rendered again.
  useEffect(() => {
    let current = true;
    queueMicrotask(() => {
      if (current) follow();
    });
    return () => {
      current = false;
    };
  }, [task.version]);

  const dirty = changed.length > 0;
  const draft = dirty ? JSON.stringify({ base, fields, conflicts: open } satisfies EditDraft) : '';
  useEffect(() => {
    writeDraft(personId, name, draft === '' ? undefined : JSON.parse(draft));
  }, [personId, name, draft]);
  const forget = useCallback(() => {
    writeDraft(personId, name, undefined);
  }, [personId, name]);

  const submit = form.handleSubmit(async (values) => {
    setProblem(undefined);
    if (open.length > 0) {
      setUndecided(true);
      focusChoice();
      return;
    }
    let [from, mine] = [base, values];
    for (let merges = 0; merges < MAX_MERGES; merges += 1) {
      const patch = patchOf(fieldsOf(from, zone), mine, zone);
      const outcome =
        Object.keys(patch).length === 0
          ? ({ kind: 'saved' } as const)
          : await save(from, { ...patch, ...scope });
      switch (outcome.kind) {
        case 'saved':
        case 'waiting':
          forget();
          onDone();
          return;
        case 'gone':
          setProblem(text.edit.gone);
          return;
        case 'failed':
          setProblem(text.tasks.failed(mine.title, outcome.reason));
          return;
        case 'changed': {
          const { merged, conflicts: met } = rebase(from, outcome.task, mine);
          if (met.length > 0) {
            focusChoice();
            return;
          }
          [from, mine] = [outcome.task, merged];
        }
      }
    }
    setProblem(text.edit.busy);
  });

  const decide = (field: MergedField, whose: 'mine' | 'theirs') => {
    if (whose === 'theirs') fill(withField(form.getValues(), field, theirs));
    setConflicts((before) => before.filter((each) => each !== field));
    setUndecided(false);
  };

  return {
    form,
    fields,
    /** The task's own values now, for the choice. */
    theirs,
    conflicts: open,
    undecided,
    /** The changes so far can be of this occurrence alone. */
    canBeOnlyThis,
    onlyThis,
    setOnlyThis,
    dirty,
    /** Typed before, in this tab, and brought back. */
    restored: kept !== undefined,
    problem,
    submit,
    decide,
    forget,
  };
}

/** Brings the first choice into view once it is there. */
function focusChoice(): void {
  setTimeout(() => {
    document.querySelector<HTMLElement>('[data-choice] button')?.focus();
  });
}
