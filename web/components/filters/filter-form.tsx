'use client';
// A filter being written: its name, its text, and under it how many tasks it finds, or where it can't be read.
import { useQuery } from '@tanstack/react-query';
import { MAX_NAME, showsSomething } from '@todo/contracts/text';
import { useEffect, useState } from 'react';
import { ApiError } from '@/lib/api-error';
import { limitedText } from '@/lib/limited-text';
import type { SavedFilter } from '@/lib/filter-list';
import { filterCountOptions, MAX_FILTER, useChangeFilter } from '@/lib/saved-filters';
import { usePerson, useText } from '@/lib/session';
import { useReason } from '@/lib/tasks';
import { filterTextFor } from '@/text/filters';
import { Button } from '../ui/button';
import { Field } from '../ui/field';
import { Input } from '../ui/input';

/** Typing settles for this long before the backend is asked, in ms. */
const SETTLE_MS = 250;
/** Filters that show what can be said; they need no list or tag that a person may not have. */
const EXAMPLES = [
  'overdue | due today',
  'no date & not repeating',
  'due next 7 days & !high',
  'done last week',
];

export function FilterForm({
  saved,
  onFilter,
  onSaved,
  onCancel,
}: {
  /** The filter that is changed; undefined for a new one. */
  saved: SavedFilter | undefined;
  /** Called with each filter that can be read, to show its tasks; `''` for none. */
  onFilter: (filter: string) => void;
  onSaved: (filter: SavedFilter) => void;
  onCancel: () => void;
}) {
  const app = useText();
  const text = filterTextFor(usePerson().locale);
  const reason = useReason();
  const change = useChangeFilter({ quiet: true });
  const [name, setName] = useState(saved?.name ?? '');
  const [filter, setFilter] = useState(saved?.filter ?? '');
  const [nameMissing, setNameMissing] = useState(false);
  const asked = useSettled(filter.trim());
  const found = useQuery(filterCountOptions(asked));
  const wrong = wrongOf(found.error);
  const fits = found.isSuccess && asked === filter.trim();
  useEffect(() => {
    if (asked === '' || found.isSuccess) onFilter(asked);
  }, [asked, found.isSuccess, onFilter]);

  const submit = () => {
    setNameMissing(!showsSomething(name));
    if (!showsSomething(name) || filter.trim() === '') return;
    const given = { name: name.trim(), filter: filter.trim() };
    change.mutate(
      saved === undefined ? { kind: 'add', ...given } : { kind: 'change', id: saved.id, ...given },
      {
        onSuccess: (made) => {
          if (made) onSaved(made);
        },
      },
    );
  };
  const refused = change.error instanceof ApiError ? change.error.fields : [];
  const refusedName = refused.find(({ field }) => field === 'name')?.message;
  return (
    <form
      noValidate
      className="mb-4 grid gap-4 rounded-lg border bg-panel p-4"
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <Field label={text.name} error={nameMissing ? text.nameMissing : refusedName}>
        {(props) => (
          <Input
            {...props}
            autoFocus={saved === undefined}
            autoComplete="off"
            value={name}
            onChange={({ target }) => {
              setName(limitedText(name, target.value, MAX_NAME));
              setNameMissing(false);
              change.reset();
            }}
          />
        )}
      </Field>
      <div className="grid gap-1.5">
        <Field label={text.filter} hint={text.hint}>
          {(props) => (
            <Input
              {...props}
              autoComplete="off"
              autoCapitalize="none"
              spellCheck={false}
              className="font-mono"
              placeholder={text.placeholder}
              aria-invalid={wrong === undefined ? undefined : true}
              aria-describedby={`${props['aria-describedby'] ?? ''} filter-finds`.trim()}
              value={filter}
              onChange={({ target }) => {
                setFilter(limitedText(filter, target.value, MAX_FILTER));
                change.reset();
              }}
            />
          )}
        </Field>
        <div id="filter-finds" role="status" className="min-h-5 text-sm">
          {wrong !== undefined ? (
            <WrongPart text={asked} label={text.wrongPart} {...wrong} />
          ) : found.data !== undefined && asked !== '' ? (
            <p className="text-muted">
              {(found.data.more ? text.findsMore : text.finds)(found.data.count)}
            </p>
          ) : found.isError ? (
            <p className="text-danger-text">{reason(found.error)}</p>
          ) : asked === '' ? null : (
            <p className="text-muted">{text.checking}</p>
          )}
        </div>
      </div>
      {filter === '' ? (
        <div className="flex flex-wrap items-center gap-2 text-sm">
          <span className="text-muted">{text.examples}</span>
          {EXAMPLES.map((example) => (
            <Button
              key={example}
              variant="outline"
              size="sm"
              className="font-mono font-normal"
              aria-label={text.example(example)}
              onClick={() => {
                setFilter(example);
              }}
            >
              {example}
            </Button>
          ))}
        </div>
      ) : null}
      {change.isError && refusedName === undefined ? (
        <p role="alert" className="text-sm text-danger-text">
          {text.failed(reason(change.error))}
        </p>
      ) : null}
      <div className="flex justify-end gap-2">
        <Button variant="ghost" onClick={onCancel}>
          {app.cancel}
        </Button>
        <Button type="submit" disabled={!fits || change.isPending}>
          {text.create}
        </Button>
      </div>
    </form>
  );
}

/** Where a filter can't be read. */
interface Wrong {
  message: string;
  start: number;
  end: number;
}

function wrongOf(error: Error | null): Wrong | undefined {
  const field =
    error instanceof ApiError ? error.fields.find(({ start }) => start !== undefined) : undefined;
  return field && { message: field.message, start: field.start ?? 0, end: field.end ?? 0 };
}

/** The filter once more, with the part that does not fit marked. */
function WrongPart({ text, label, message, start, end }: Wrong & { text: string; label: string }) {
  const part = text.slice(start, end);
  return (
    <div className="grid gap-1 text-danger-text">
      <p>{message}</p>
      {part === '' ? null : (
        <p className="font-mono [overflow-wrap:anywhere]" aria-hidden title={label}>
          {text.slice(0, start)}
          <mark className="rounded-sm bg-danger-soft px-0.5 text-danger-text underline decoration-wavy">
            {part}
          </mark>
          {text.slice(end)}
        </p>
      )}
    </div>
  );
}

/** A text once it has not changed for a moment. */
function useSettled(value: string): string {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => {
      setSettled(value);
    }, SETTLE_MS);
    return () => {
      clearTimeout(timer);
    };
  }, [value]);
  return settled;
}
