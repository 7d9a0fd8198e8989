'use client';
// Adds a task in one line: dates, repetitions, reminders, tags, priority and list are read from the words; the form below
// says the same without words, and wins over them.
import { Plus, SlidersHorizontal } from 'lucide-react';
import { useEffect, useId, useRef, useState } from 'react';
import { showsSomething } from '@todo/contracts/text';
import { useDraft } from '@/lib/drafts';
import { limitedText } from '@/lib/limited-text';
import { usePerson, useText } from '@/lib/session';
import { MAX_LINE } from '@/lib/quick-add';
import { taskOf } from '@/lib/quick-add-task';
import type { View } from '@/lib/views';
import { AFTER_FIRST_LOAD_MS, loadedLater, whenIdle } from '../loaded-later';
import { WaitingLines } from '../offline/offline';
import { Button } from '../ui/button';
import { EMPTY_DRAFT, type Draft } from './quick-add-draft';
import { UnsentLines } from './unsent-lines';
import { useUnsentLines } from './use-unsent-lines';

const QuickAddPreview = loadedLater(() => import('./quick-add-preview'));
const QuickAddOptions = loadedLater(() => import('./quick-add-options'));
const QuickAddCompletions = loadedLater(() => import('./quick-add-completions'));

export function QuickAdd({ view, today }: { view: View; today: string }) {
  const text = useText();
  const { zone } = usePerson();
  const panelId = useId();
  const titleInput = useRef<HTMLInputElement>(null);
  const [open, setOpen] = useState(false);
  /** What helps with typing is loaded after the page. */
  const [ready, setReady] = useState(false);
  const [draft, setDraft] = useDraft<Draft>('quick-add', EMPTY_DRAFT);
  const [error, setError] = useState<string | undefined>();
  const set = (change: Partial<Draft>) => {
    setDraft((before) => ({ ...before, ...change }));
    setError(undefined);
  };
  const unsent = useUnsentLines(
    (read, given) => taskOf(read, given, view, today, zone),
    { draft, set: setDraft },
    setError,
    { view, today },
  );
  // Ahead of the first letter, which may be typed where there is no network; the rest once the page has long been there.
  useEffect(() => {
    const leave = whenIdle(() => {
      QuickAddPreview.preload();
    });
    const timer = setTimeout(() => {
      if (!navigator.onLine) return;
      QuickAddOptions.preload();
      setReady(true);
    }, AFTER_FIRST_LOAD_MS);
    return () => {
      leave();
      clearTimeout(timer);
    };
  }, []);

  const submit = () => {
    const problem = problemOf(draft, text);
    if (problem !== undefined) {
      setError(problem);
      titleInput.current?.focus();
      return;
    }
    unsent.submit(draft);
    titleInput.current?.focus();
  };

  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
      className="rounded-lg border bg-raised shadow-xs focus-within:border-accent"
    >
      <div className="flex items-center gap-1 p-1.5 ps-3">
        <Plus aria-hidden className="size-5 shrink-0 text-muted" />
        <input
          ref={titleInput}
          aria-label={text.tasks.addPlaceholder}
          aria-invalid={error ? true : undefined}
          placeholder={text.tasks.addPlaceholder}
          value={draft.title}
          onFocus={() => {
            if (navigator.onLine) setReady(true); // a line can do without it
          }}
          onChange={(event) => {
            set({ title: limitedText(draft.title, event.target.value, MAX_LINE) });
          }}
          autoComplete="off"
          enterKeyHint="done"
          className="h-9 min-w-0 flex-1 bg-transparent px-1 text-base outline-none sm:text-[0.9375rem]"
        />
        <Button
          variant="ghost"
          size="icon"
          aria-label={text.tasks.details}
          aria-expanded={open}
          aria-controls={panelId}
          className="text-muted"
          onClick={() => {
            setOpen(!open);
          }}
        >
          <SlidersHorizontal />
        </Button>
        <Button type="submit" size="sm">
          {text.tasks.add}
        </Button>
      </div>
      {error ? (
        <p role="alert" className="px-4 pb-2 text-sm text-danger-text">
          {error}
        </p>
      ) : null}
      <WaitingLines onEdit={unsent.putBack} />
      <UnsentLines
        lines={unsent.lines}
        onRetry={unsent.retry}
        onEdit={unsent.edit}
        onDrop={unsent.drop}
      />
      {draft.title === '' ? null : (
        <QuickAddPreview
          draft={draft}
          view={view}
          today={today}
          onChange={(change) => {
            set(change);
            titleInput.current?.focus();
          }}
        />
      )}
      {ready ? (
        <QuickAddCompletions
          input={titleInput}
          line={draft.title}
          onLine={(title) => {
            set({ title: limitedText(draft.title, title, MAX_LINE) });
          }}
        />
      ) : null}
      <div id={panelId} hidden={!open} className="border-t p-3">
        {open ? <QuickAddOptions draft={draft} today={today} set={set} /> : null}
      </div>
    </form>
  );
}

function problemOf(draft: Draft, text: ReturnType<typeof useText>): string | undefined {
  if (!showsSomething(draft.title)) return text.tasks.titleMissing;
  if (draft.date === '' && draft.repeat !== '') return text.repeat.needsDue;
  if (draft.date === '' && draft.remind !== '') return text.remind.needsDue;
  return undefined;
}
