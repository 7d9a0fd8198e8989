'use client';
// The task that is being moved in the calendar, as its parts see it.
import type { Task } from '@todo/contracts/task';
import { createContext, useContext } from 'react';
import type { Place } from '@/lib/calendar/places';

/** A task on its way, and where it would be put down. */
export interface Moving {
  task: Task;
  place: Place;
  by: 'pointer' | 'keys';
}

/** What is being moved, and what takes a task up by keyboard. */
export interface MoveTools {
  moving: Moving | null;
  lift: (task: Task) => void;
}

export const MovingContext = createContext<MoveTools>({ moving: null, lift: () => undefined });

/** See {@link MoveTools}. */
export function useMoving(): MoveTools {
  return useContext(MovingContext);
}

/**
 * Marks where a task can be put down: `day` keeps its time, `whole` makes it a task of the whole day, in `hours` the height
 * says the time.
 */
export function dropArea(kind: 'day' | 'whole' | 'hours', date: string) {
  return { 'data-drop': kind, 'data-date': date };
}
