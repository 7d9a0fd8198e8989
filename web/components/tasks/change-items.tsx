'use client';
// Items of a menu that give one task, or several, another date, priority or list.
import { useQuery } from '@tanstack/react-query';
import type { Task } from '@todo/contracts/task';
import { CalendarClock, CalendarX, Flag, List } from 'lucide-react';
import { addDays } from '@/lib/dates';
import { listsOptions } from '@/lib/lists';
import { nextMonday } from '@/lib/reschedule';
import { usePerson, useText } from '@/lib/session';
import { rowsTextFor } from '@/text/rows';
import { DropdownMenuItem } from '../ui/dropdown-menu';
import { DropdownSubmenu } from '../ui/dropdown-submenu';

const PRIORITIES = ['high', 'medium', 'low', 'none'] as const;

/** Dates, nearest first. @param props `onDate` gets a local date, or null for none */
export function DateItems({
  today,
  onDate,
  onPick,
  withNone = true,
}: {
  today: string;
  onDate: (date: string | null) => void;
  /** Another date is to be chosen. */
  onPick: () => void;
  withNone?: boolean;
}) {
  const text = rowsTextFor(usePerson().locale);
  const items = [
    { label: text.today, date: today },
    { label: text.tomorrow, date: addDays(today, 1) },
    { label: text.nextWeek, date: nextMonday(today) },
  ];
  return (
    <>
      {items.map(({ label, date }) => (
        <DropdownMenuItem
          key={label}
          onSelect={() => {
            onDate(date);
          }}
        >
          <CalendarClock aria-hidden />
          {label}
        </DropdownMenuItem>
      ))}
      {withNone ? (
        <DropdownMenuItem
          onSelect={() => {
            onDate(null);
          }}
        >
          <CalendarX aria-hidden />
          {text.noDate}
        </DropdownMenuItem>
      ) : null}
      <DropdownMenuItem onSelect={onPick}>
        <CalendarClock aria-hidden />
        {text.pickDate}
      </DropdownMenuItem>
    </>
  );
}

/** Priorities, in a menu of their own. */
export function PriorityItems({
  onPriority,
}: {
  onPriority: (priority: Task['priority']) => void;
}) {
  const app = useText();
  const text = rowsTextFor(usePerson().locale);
  return (
    <DropdownSubmenu
      label={
        <>
          <Flag aria-hidden />
          {text.priority}
        </>
      }
    >
      {PRIORITIES.map((priority) => (
        <DropdownMenuItem
          key={priority}
          onSelect={() => {
            onPriority(priority);
          }}
        >
          {app.priority[priority]}
        </DropdownMenuItem>
      ))}
    </DropdownSubmenu>
  );
}

/** The person's lists, in a menu of their own. */
export function ListItems({ onList }: { onList: (listId: string | null) => void }) {
  const text = rowsTextFor(usePerson().locale);
  const lists = useQuery(listsOptions).data ?? [];
  return (
    <DropdownSubmenu
      label={
        <>
          <List aria-hidden />
          {text.list}
        </>
      }
    >
      {lists.map(({ id, name }) => (
        <DropdownMenuItem
          key={id}
          onSelect={() => {
            onList(id);
          }}
        >
          <bdi className="max-w-60 truncate">{name}</bdi>
        </DropdownMenuItem>
      ))}
      <DropdownMenuItem
        onSelect={() => {
          onList(null);
        }}
      >
        {text.noList}
      </DropdownMenuItem>
    </DropdownSubmenu>
  );
}
