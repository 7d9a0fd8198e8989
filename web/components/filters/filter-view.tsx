'use client';
// The page of a saved filter: its tasks, and the form that changes it. The tasks follow what is typed.
import { useQuery } from '@tanstack/react-query';
import { useRouter } from 'next/navigation';
import { useEffect, useMemo, useRef, useState } from 'react';
import { savedFiltersOptions, type SavedFilter } from '@/lib/filter-list';
import { usePerson } from '@/lib/session';
import { filterTextFor } from '@/text/filters';
import { PageHeading } from '../shell/page-heading';
import { TaskView } from '../tasks/task-view';
import { useToast } from '../ui/toast';
import { FilterActions } from './filter-actions';
import { FilterForm } from './filter-form';

export function FilterView({ saved: initial, today }: { saved: SavedFilter; today: string }) {
  const text = filterTextFor(usePerson().locale);
  const toast = useToast();
  const saved = useFollowed(initial);
  const [editing, setEditing] = useState(false);
  const [typed, setTyped] = useState('');
  const filter = editing && typed !== '' ? typed : saved.filter;
  return (
    <>
      <PageHeading title={saved.name} {...(editing ? {} : { note: saved.filter })}>
        <FilterActions
          saved={saved}
          onEdit={() => {
            setEditing(true);
          }}
        />
      </PageHeading>
      {editing ? (
        <FilterForm
          saved={saved}
          onFilter={setTyped}
          onCancel={() => {
            setEditing(false);
          }}
          onSaved={({ name }) => {
            toast({ text: text.saved(name) });
            setEditing(false);
          }}
        />
      ) : null}
      <TasksOf filter={filter} today={today} />
    </>
  );
}

/** A new filter, with its tasks as far as it is written. */
export function NewFilter({ today }: { today: string }) {
  const text = filterTextFor(usePerson().locale);
  const router = useRouter();
  const toast = useToast();
  const [typed, setTyped] = useState('');
  return (
    <>
      <PageHeading title={text.newTitle} />
      <FilterForm
        saved={undefined}
        onFilter={setTyped}
        onCancel={() => {
          router.back();
        }}
        onSaved={({ id, name }) => {
          toast({ text: text.saved(name) });
          router.push(`/filters/${id}`);
        }}
      />
      {typed === '' ? (
        <p className="mt-10 text-center text-sm text-muted">{text.start}</p>
      ) : (
        <TasksOf filter={typed} today={today} />
      )}
    </>
  );
}

function TasksOf({ filter, today }: { filter: string; today: string }) {
  const view = useMemo(() => ({ name: 'filter' as const, filter }), [filter]);
  return <TaskView view={view} today={today} />;
}

/** The filter as it is by now, whoever changed it; its page is left when it is gone. */
function useFollowed(initial: SavedFilter): SavedFilter {
  const text = filterTextFor(usePerson().locale);
  const router = useRouter();
  const toast = useToast();
  const filters = useQuery(savedFiltersOptions).data;
  const now = filters?.find(({ id }) => id === initial.id);
  const seen = useRef(false); // filters read before this one was saved do not have it either
  const known = filters !== undefined;
  useEffect(() => {
    if (now) seen.current = true;
    else if (known && seen.current) {
      seen.current = false;
      toast({ text: text.removed(initial.name) });
      router.replace('/all');
    }
  }, [now, known, initial.name, router, toast, text]);
  return now ?? initial;
}
