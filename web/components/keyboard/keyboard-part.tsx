'use client';
// What keys do: shortcuts, the command palette, and the list of all shortcuts.
import { useQueryClient, type InfiniteData } from '@tanstack/react-query';
import type { Task } from '@todo/contracts/task';
import { usePathname, useRouter } from 'next/navigation';
import { useEffect, useEffectEvent, useRef, useState } from 'react';
import { addDays, localDate } from '@/lib/dates';
import { usePerson } from '@/lib/session';
import { needsModifier, SEQUENCE_MS, shortcutOf, type Shortcut } from '@/lib/shortcuts';
import { singleKeys } from '@/lib/single-keys';
import { taskPath, useOpenTask } from '@/lib/task-address';
import type { TaskPage } from '@/lib/task-query';
import { useChangeTask } from '@/lib/tasks';
import { undoNewest } from '@/lib/undo';
import { useToday } from '@/lib/use-today';
import { keyboardTextFor } from '@/text/keyboard';
import { useToast } from '../ui/toast';
import { onOpenShortcuts } from './open-shortcuts';
import { Palette } from './palette';
import type { PaletteMode } from './command';
import { ShortcutsHelp } from './shortcuts-help';
import { focusedRow, leaveRow, moveFocus, taskIdOf } from './task-rows';

type Shown = { kind: 'palette'; mode: PaletteMode; task: Task | undefined } | { kind: 'help' };

/** Where letters are typed, not pressed. */
const FIELDS =
  'input:not([type=checkbox]):not([type=radio]):not([type=button]), textarea, select, [contenteditable=true]';
const OPEN = '[role=dialog], [role=alertdialog], [role=menu], [role=listbox]';

const GOES: Partial<Record<Shortcut, string>> = {
  search: '/search',
  goToday: '/',
  goUpcoming: '/upcoming',
  goCalendar: '/calendar',
  goBoard: '/board',
  goAll: '/all',
  goDone: '/done',
  goSearch: '/search',
};

export default function KeyboardPart({ first }: { first: KeyboardEvent | undefined }) {
  const person = usePerson();
  const text = keyboardTextFor(person.locale);
  const client = useQueryClient();
  const router = useRouter();
  const toast = useToast();
  const path = usePathname();
  const today = useToday(localDate(new Date(), person.zone));
  const change = useChangeTask();
  const opened = useOpenTask();
  const [shown, setShown] = useState<Shown | null>(null);
  const before = useRef({ keys: '', at: 0 });

  const focusedTask = (): Task | undefined => {
    const id = taskIdOf(focusedRow());
    if (id === undefined) return undefined;
    return client
      .getQueriesData<InfiniteData<TaskPage>>({ queryKey: ['tasks', 'list'] })
      .flatMap(([, lists]) => lists?.pages ?? [])
      .flatMap((page) => page.items)
      .find((task) => task.id === id);
  };

  const run = (shortcut: Shortcut) => {
    switch (shortcut) {
      case 'palette':
        setShown({ kind: 'palette', mode: 'all', task: focusedTask() });
        return;
      case 'help':
        setShown({ kind: 'help' });
        return;
      case 'undo':
        if (!undoNewest()) toast({ text: text.nothingToUndo });
        return;
      case 'add': {
        const field = document.querySelector<HTMLElement>('main form input');
        if (field === null) router.push('/');
        field?.focus();
        return;
      }
      case 'next':
        moveFocus(1);
        return;
      case 'previous':
        moveFocus(-1);
        return;
      case 'search':
      case 'goToday':
      case 'goUpcoming':
      case 'goCalendar':
      case 'goBoard':
      case 'goAll':
      case 'goDone':
      case 'goSearch':
        router.push(GOES[shortcut] ?? '/');
        return;
      default:
        runOnTask(shortcut, focusedTask());
    }
  };

  const runOnTask = (shortcut: Shortcut, task: Task | undefined) => {
    if (task === undefined) {
      toast({ text: text.noTask });
      return;
    }
    switch (shortcut) {
      case 'complete':
        leaveRow();
        change.mutate({ kind: task.status === 'done' ? 'reopen' : 'complete', task });
        break;
      case 'delete':
        leaveRow();
        change.mutate({ kind: 'delete', task });
        break;
      case 'today':
      case 'tomorrow': {
        const date = shortcut === 'today' ? today : addDays(today, 1);
        change.mutate({ kind: 'patch', task, patch: { due: { kind: 'date', date } } });
        break;
      }
      case 'open':
        if (document.querySelector(`main li[data-task="${task.id}"]`)) opened.open(task.id);
        else router.push(taskPath(task.id));
        break;
      case 'rename':
        focusedRow()?.querySelector<HTMLElement>('[data-rename]')?.click();
        break;
      case 'date':
      case 'priority':
      case 'move':
        setShown({ kind: 'palette', mode: shortcut, task });
        break;
      default:
    }
  };

  const press = useEffectEvent((event: KeyboardEvent) => {
    const { keys, at } = before.current;
    before.current = { keys: '', at: 0 };
    const found = shortcutOf(event, Date.now() - at > SEQUENCE_MS ? '' : keys);
    if (found === undefined || event.isComposing) return;
    const typing = event.target instanceof Element && event.target.closest(FIELDS) !== null;
    const single = 'begins' in found || !needsModifier(found.shortcut);
    if (single && (typing || !singleKeys())) return;
    if ('shortcut' in found && found.shortcut === 'undo' && typing) return; // the field's own
    if (document.querySelector(OPEN) !== null) return;
    if (event.key.startsWith('Arrow') && focusedRow() === undefined) return; // the page scrolls
    event.preventDefault();
    if ('begins' in found) before.current = { keys: found.begins, at: Date.now() };
    else run(found.shortcut);
  });
  const begin = useEffectEvent(() => {
    if (first !== undefined) press(first);
  });
  useEffect(() => {
    begin();
    const onKey = (event: KeyboardEvent) => {
      if (!event.defaultPrevented) press(event);
    };
    window.addEventListener('keydown', onKey);
    const stop = onOpenShortcuts(() => {
      setShown({ kind: 'help' });
    });
    return () => {
      window.removeEventListener('keydown', onKey);
      stop();
    };
  }, []);

  const close = () => {
    setShown(null);
  };
  if (shown === null) return null;
  if (shown.kind === 'help') return <ShortcutsHelp onClose={close} />;
  return (
    <Palette
      key={path}
      mode={shown.mode}
      task={shown.task}
      today={today}
      onShortcut={run}
      onClose={close}
    />
  );
}
