'use client';
// The title of a row; a click or Enter on it turns it into a field. What is typed there is a draft: it outlives a failed save,
// a reload and an ended session, and where somebody else renamed the task meanwhile, the person chooses.
import type { Task } from '@todo/contracts/task';
import { MAX_TITLE, showsSomething } from '@todo/contracts/text';
import { useId, useRef, useState } from 'react';
import { cn } from '@/lib/class-names';
import { useDraft } from '@/lib/drafts';
import { limitedText } from '@/lib/limited-text';
import { useSaveEdit, useShowAtOnce } from '@/lib/save-edit';
import { useText } from '@/lib/session';
import { loadedLater } from '../loaded-later';
import { useToast } from '../ui/toast';

// Only where somebody else changed the title meanwhile.
const ConflictChoice = loadedLater(() => import('./conflict-choice'));

/** A title that is being typed; `base` is the task's title when that began. */
interface TitleDraft {
  base: string;
  typed: string;
}

const NONE: TitleDraft | null = null;
/** A save that meets another change of other fields goes on from there, this often at most. */
const MAX_TRIES = 5;

export function TaskTitle({ task }: { task: Task }) {
  const text = useText();
  const toast = useToast();
  const save = useSaveEdit();
  const show = useShowAtOnce();
  const [draft, setDraft] = useDraft<TitleDraft | null>(`title:${task.id}`, NONE);
  const [asked, setAsked] = useState(false);
  const [focused, setFocused] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const hintId = useId();

  const finished = useRef(false); // removing a focused field blurs it once more

  const begin = () => {
    finished.current = false;
    setAsked(false);
    setFocused(true);
    setDraft({ base: task.title, typed: task.title });
  };
  const close = () => {
    finished.current = true;
    setDraft(NONE);
    setTimeout(() => button.current?.focus());
  };

  /** Sends the title from the newest version on, unless that one has another title than the person saw. */
  const send = async (typed: string, seen: string) => {
    const kept = { base: seen, typed };
    close();
    const takeBack = show({ kind: 'patch', task, patch: { title: typed } });
    let from = task;
    for (let tries = 0; tries < MAX_TRIES; tries += 1) {
      const outcome = await save(from, { title: typed });
      if (outcome.kind === 'saved' || outcome.kind === 'waiting') return;
      if (outcome.kind === 'changed' && outcome.task.title === seen) {
        from = outcome.task;
        continue;
      }
      if (outcome.kind !== 'changed') {
        takeBack();
        const reason = outcome.kind === 'gone' ? text.edit.gone : outcome.reason;
        toast({ tone: 'danger', text: text.tasks.failed(seen, reason) });
      }
      break;
    }
    finished.current = false;
    setDraft((now) => now ?? kept); // what was typed is there again
  };

  if (draft !== null) {
    const touched = draft.typed !== draft.base;
    const typed = touched ? draft.typed : task.title;
    const title = typed.trim();
    const conflict = touched && task.title !== draft.base && task.title !== title;

    const finish = () => {
      if (!showsSomething(title) || title === task.title) close();
      else if (conflict) setAsked(true);
      else void send(title, task.title);
    };
    const leave = () => {
      const kept = draft;
      close();
      if (!touched) return;
      toast({
        text: text.edit.titleKept(task.title),
        action: {
          label: text.edit.keepEditing,
          run: () => {
            finished.current = false;
            setFocused(true);
            setDraft(kept);
          },
        },
      });
    };
    return (
      <>
        <input
          autoFocus={focused}
          aria-label={text.tasks.titleEdit(task.title)}
          aria-describedby={hintId}
          value={typed}
          onChange={({ target }) => {
            setDraft({
              base: touched ? draft.base : task.title,
              typed: limitedText(typed, target.value, MAX_TITLE),
            });
          }}
          onKeyDown={(event) => {
            if (event.key === 'Enter') finish();
            if (event.key === 'Escape') leave();
          }}
          onBlur={() => {
            if (!finished.current) finish();
          }}
          className="-mx-1 w-full rounded-sm bg-raised px-1 text-[0.9375rem] leading-6"
        />
        <span id={hintId} className="sr-only">
          {text.tasks.editHint}
        </span>
        {conflict ? (
          <ConflictChoice
            field={text.tasks.titleLabel}
            said={text.edit.titleConflict(task.title)}
            theirs={task.title}
            undecided={asked}
            onMine={() => {
              void send(title, task.title);
            }}
            onTheirs={close}
          />
        ) : null}
      </>
    );
  }
  return (
    <button
      ref={button}
      type="button"
      data-rename
      title={text.tasks.titleEdit(task.title)}
      onClick={() => {
        begin();
      }}
      className={cn(
        'block max-w-full cursor-text rounded-sm text-start text-[0.9375rem] leading-6 [overflow-wrap:anywhere]',
        task.status === 'done' && 'text-muted line-through',
      )}
    >
      <bdi>{task.title}</bdi>
    </button>
  );
}
