'use client';
// What the command palette offers for what is typed.
import { useQuery, useQueryClient } from '@tanstack/react-query';
import type { Due, Task } from '@todo/contracts/task';
import {
  CalendarClock,
  CalendarX,
  CheckCheck,
  Filter,
  Flag,
  Hash,
  Keyboard,
  List,
  MessageCircle,
  Moon,
  PanelRightOpen,
  Pencil,
  Plus,
  Search,
  Settings,
  Square,
  Trash2,
  Undo2,
  type LucideIcon,
} from 'lucide-react';
import { useRouter } from 'next/navigation';
import { useDeferredValue } from 'react';
import { addDays, dayLabel, dueDate } from '@/lib/dates';
import { listsOptions, tagsOptions } from '@/lib/lists';
import { readingOptions } from '@/lib/quick-add';
import { savedFiltersOptions } from '@/lib/filter-list';
import { usePerson, useText } from '@/lib/session';
import { SHORTCUTS, type Shortcut } from '@/lib/shortcuts';
import { setSingleKeys, useSingleKeys } from '@/lib/single-keys';
import { newestOf, useChangeTask } from '@/lib/tasks';
import type { TaskPatch } from '@/lib/task-change';
import { setTheme, type Theme } from '@/lib/theme';
import { keyboardTextFor } from '@/text/keyboard';
import { useAssistant } from '../chat/assistant';
import type { PaletteMode } from './command';
import type { Command, CommandGroup } from './command';
import { useFoundTasks } from './use-found-tasks';

/** Tags that are offered. */
const SHOWN_TAGS = 20;
const WEEK_DAYS = 7;
const PRIORITIES = ['high', 'medium', 'low', 'none'] as const;
const THEMES: readonly Theme[] = ['system', 'light', 'dark'];

const ICONS: Partial<Record<Shortcut, LucideIcon>> = {
  add: Plus,
  help: Keyboard,
  undo: Undo2,
  search: Search,
  complete: CheckCheck,
  open: PanelRightOpen,
  rename: Pencil,
  date: CalendarClock,
  today: CalendarClock,
  tomorrow: CalendarClock,
  priority: Flag,
  move: List,
  delete: Trash2,
};

/** Text as it is compared: without accents, in lower case. */
function folded(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
}

function matching(groups: CommandGroup[], typed: string): CommandGroup[] {
  const terms = folded(typed).split(/\s+/);
  return groups
    .map(({ name, commands }) => ({
      name,
      commands: commands.filter(({ label }) =>
        terms.every((term) => folded(`${name} ${label}`).includes(term)),
      ),
    }))
    .filter(({ commands }) => commands.length > 0);
}

/** The groups of commands for what is typed. */
export function useCommands(asked: {
  mode: PaletteMode;
  task: Task | undefined;
  today: string;
  typed: string;
  onShortcut: (shortcut: Shortcut) => void;
}): CommandGroup[] {
  const { mode, typed } = asked;
  const answers = useAnswers(asked);
  const general = useGeneral(asked);
  const tasks = useFoundTasks(mode === 'all' ? typed : '');
  if (mode !== 'all') return answers;
  return [...matching(general, typed), ...tasks];
}

/** The answers to one question about a task. */
function useAnswers({
  mode,
  task,
  today,
  typed,
}: {
  mode: PaletteMode;
  task: Task | undefined;
  today: string;
  typed: string;
}): CommandGroup[] {
  const app = useText();
  const person = usePerson();
  const text = keyboardTextFor(person.locale);
  const client = useQueryClient();
  const change = useChangeTask();
  const lists = useQuery(listsOptions).data ?? [];
  const words = useDeferredValue(typed.trim());
  const reading = useQuery({
    ...readingOptions(words === '' ? '' : `x ${words}`, []),
    enabled: mode === 'date' && words !== '',
  }).data?.task.due;
  if (task === undefined) return [];
  const patch = (id: string, label: string, icon: LucideIcon, fields: TaskPatch): Command => ({
    id,
    label,
    icon,
    run: () => {
      change.mutate({ kind: 'patch', task: newestOf(client, task), patch: fields });
    },
  });
  const dueOn = (id: string, label: string, due: Due | null): Command =>
    patch(id, label, due === null ? CalendarX : CalendarClock, { due });
  const onDay = (date: string): Due => ({ kind: 'date', date });
  switch (mode) {
    case 'date': {
      const typedDate = reading ? dueDate(reading, person.zone) : null;
      const named = [
        dueOn('today', text.shortcuts.today, onDay(today)),
        dueOn('tomorrow', text.shortcuts.tomorrow, onDay(addDays(today, 1))),
        dueOn('week', text.nextWeek, onDay(addDays(today, WEEK_DAYS))),
        dueOn('none', text.noDate, null),
      ];
      const group = { name: text.shortcuts.date, commands: named };
      if (!reading || typedDate === null) return matching([group], typed);
      const label = text.onDate(dayLabel(typedDate, today, person.locale, app.tasks));
      return [{ ...group, commands: [dueOn('typed', label, reading)] }];
    }
    case 'priority':
      return matching(
        [
          {
            name: text.shortcuts.priority,
            commands: PRIORITIES.map((priority) =>
              patch(priority, text.priority(app.priority[priority]), Flag, { priority }),
            ),
          },
        ],
        typed,
      );
    default:
      return matching(
        [
          {
            name: text.shortcuts.move,
            commands: [
              ...lists.map(({ id, name }) => patch(id, text.moveTo(name), List, { listId: id })),
              patch('none', text.noList, Square, { listId: null }),
            ],
          },
        ],
        typed,
      );
  }
}

/** Everything but tasks. */
function useGeneral({
  task,
  onShortcut,
}: {
  task: Task | undefined;
  onShortcut: (shortcut: Shortcut) => void;
}): CommandGroup[] {
  const app = useText();
  const person = usePerson();
  const text = keyboardTextFor(person.locale);
  const router = useRouter();
  const assistant = useAssistant();
  const single = useSingleKeys();
  const lists = useQuery(listsOptions).data ?? [];
  const filters = useQuery(savedFiltersOptions).data ?? [];
  const tags = useQuery(tagsOptions).data ?? [];
  const ofGroup = (wanted: (typeof SHORTCUTS)[number]['group']): Command[] =>
    SHORTCUTS.filter(({ group, shortcut }) => group === wanted && shortcut !== 'palette').map(
      ({ shortcut, keys }) => ({
        id: shortcut,
        label: text.shortcuts[shortcut],
        icon: ICONS[shortcut] ?? Search,
        keys: keys[0],
        run: () => {
          onShortcut(shortcut);
        },
      }),
    );
  const goTo = (href: string, label: string, icon: LucideIcon): Command => ({
    id: href,
    label,
    icon,
    run: () => {
      router.push(href);
    },
  });
  return [
    ...(task === undefined ? [] : [{ name: text.groups.task, commands: ofGroup('task') }]),
    {
      name: text.groups.general,
      commands: [
        ...ofGroup('general'),
        {
          id: 'assistant',
          label: app.nav.chat,
          icon: MessageCircle,
          run: () => {
            assistant.setOpen(true);
          },
        },
      ],
    },
    {
      name: text.groups.go,
      commands: [
        ...ofGroup('go').filter(({ id }) => id !== 'goSearch'),
        goTo('/notifications', app.nav.notifications, Settings),
        goTo('/trash', app.nav.trash, Trash2),
      ],
    },
    {
      name: text.groups.lists,
      commands: lists.map(({ id, name }) => goTo(`/lists/${id}`, name, List)),
    },
    {
      name: text.groups.filters,
      commands: [
        ...filters.map(({ id, name }) => goTo(`/filters/${id}`, name, Filter)),
        goTo('/filters/new', text.newFilter, Plus),
      ],
    },
    {
      name: text.groups.tags,
      commands: tags
        .slice(0, SHOWN_TAGS)
        .map(({ tag }) => goTo(`/tags/${encodeURIComponent(tag)}`, tag, Hash)),
    },
    {
      name: text.groups.settings,
      commands: [
        goTo('/account', app.nav.account, Settings),
        goTo('/import-export', app.nav.transfer, Settings),
        ...THEMES.map((theme) => ({
          id: `theme-${theme}`,
          label: text.theme(
            { system: app.nav.themeSystem, light: app.nav.themeLight, dark: app.nav.themeDark }[
              theme
            ],
          ),
          icon: Moon,
          run: () => {
            setTheme(theme);
          },
        })),
        {
          id: 'single-keys',
          label: single ? text.switchOff : text.switchOn,
          icon: Keyboard,
          run: () => {
            setSingleKeys(!single);
          },
        },
      ],
    },
  ];
}
