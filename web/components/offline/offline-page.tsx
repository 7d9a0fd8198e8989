'use client';
// The page of an address, made without the server.
import { useQuery } from '@tanstack/react-query';
import { CloudOff } from 'lucide-react';
import { usePathname } from 'next/navigation';
import { useEffect, useState } from 'react';
import { localDate } from '@/lib/dates';
import { listsOptions } from '@/lib/lists';
import { usePerson, useText } from '@/lib/session';
import type { View } from '@/lib/views';
import { boardTextFor } from '@/text/views';
import { offlineTextFor } from '@/text/offline';
import { BoardPage } from '../board/board-page';
import { CalendarPage } from '../calendar/calendar-page';
import { PageHeading } from '../shell/page-heading';
import { SearchView } from '../tasks/search-view';
import { TaskView } from '../tasks/task-view';

/** Where an address leads. `other`: to a page that needs the server. */
type Place =
  | { kind: 'tasks'; view: View }
  | { kind: 'search' }
  | { kind: 'calendar' }
  | { kind: 'board' }
  | { kind: 'other' };

const TASK = /^\/tasks\/[^/]+$/;

function placeOf(path: string): Place {
  const [, first = '', second] = path.split('/');
  if (second !== undefined && first === 'lists')
    return { kind: 'tasks', view: { name: 'list', listId: second } };
  if (second !== undefined && first === 'tags')
    return { kind: 'tasks', view: { name: 'tag', tag: decodeURIComponent(second) } };
  switch (first) {
    case '':
    case 'offline':
    case 'tasks':
      return { kind: 'tasks', view: { name: 'today' } };
    case 'upcoming':
    case 'all':
    case 'done':
      return { kind: 'tasks', view: { name: first } };
    case 'search':
    case 'calendar':
    case 'board':
      return { kind: first };
    default:
      return { kind: 'other' };
  }
}

export function OfflinePage() {
  const path = usePathname();
  // A task opens over the page it was opened from.
  const [under, setUnder] = useState(path);
  if (under !== path && !TASK.test(path)) setUnder(path);
  const place = placeOf(TASK.test(path) ? under : path);
  const person = usePerson();
  const text = useText();
  const today = localDate(new Date(), person.zone);
  const lists = useQuery(listsOptions).data ?? [];
  const title = titleOf(
    place,
    text,
    person.locale,
    (id) => lists.find((list) => list.id === id)?.name,
  );
  useEffect(() => {
    document.title = `${title} · ${text.app}`;
  }, [title, text.app]);
  return (
    <>
      {place.kind === 'calendar' ? <CalendarPage today={today} /> : null}
      {place.kind === 'board' ? <BoardPage today={today} /> : null}
      {place.kind === 'calendar' || place.kind === 'board' ? null : <PageHeading title={title} />}
      {place.kind === 'tasks' ? <TaskView key={under} view={place.view} today={today} /> : null}
      {place.kind === 'search' ? (
        <SearchView
          initial={new URLSearchParams(window.location.search).get('q') ?? ''}
          today={today}
        />
      ) : null}
      {place.kind === 'other' ? <NeedsNetwork /> : null}
    </>
  );
}

function titleOf(
  place: Place,
  text: ReturnType<typeof useText>,
  locale: string,
  nameOf: (listId: string) => string | undefined,
): string {
  if (place.kind === 'other') return text.app;
  if (place.kind === 'search' || place.kind === 'calendar') return text.nav[place.kind];
  if (place.kind === 'board') return boardTextFor(locale).title;
  const { view } = place;
  switch (view.name) {
    case 'list':
      return nameOf(view.listId) ?? text.nav.lists;
    case 'tag':
      return `#${view.tag}`;
    case 'search':
      return text.nav.search;
    case 'filter':
      return text.nav.filters;
    default:
      return text.nav[view.name];
  }
}

/** Loads the page as soon as there is a network again. */
function NeedsNetwork() {
  const text = offlineTextFor(usePerson().locale);
  useEffect(() => {
    const again = () => {
      window.location.reload();
    };
    window.addEventListener('online', again);
    return () => {
      window.removeEventListener('online', again);
    };
  }, []);
  return (
    <div className="mt-10 flex flex-col items-center gap-1 px-6 py-10 text-center">
      <CloudOff aria-hidden className="mb-2 size-8 text-muted" />
      <p className="font-medium">{text.needsNetwork}</p>
      <p className="max-w-sm text-sm text-muted">{text.needsNetworkHint}</p>
    </div>
  );
}
