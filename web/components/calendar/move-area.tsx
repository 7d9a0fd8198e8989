'use client';
// Moves tasks to another day or time: by dragging, or taken up with Space and moved with the keys. The keyboard stays on a panel
// of its own meanwhile: the task itself is drawn anew at every place, and would lose the focus.
import {
  DndContext,
  DragOverlay,
  MouseSensor,
  TouchSensor,
  useSensor,
  useSensors,
} from '@dnd-kit/core';
import type { Task } from '@todo/contracts/task';
import { useEffect, useMemo, useRef, useState, type ReactNode } from 'react';
import { minutesOf, timeOf } from '@/lib/calendar/days';
import { moveTo, placeOf, samePlace, STEP, type Place } from '@/lib/calendar/places';
import { quietDrag } from '@/lib/quiet-drag';
import { usePerson } from '@/lib/session';
import { newestOf, useChangeTask } from '@/lib/tasks';
import { calendarTextFor } from '@/text/views';
import { useQueryClient } from '@tanstack/react-query';
import type { CalendarProps } from './calendar-props';
import { useFocusAgain } from '../tasks/use-focus-again';
import { ChipFace } from './chip-face';
import { MovePanel } from './move-panel';
import { MovingContext, type Moving } from './moving';
import { placeWords } from './place-words';

/** The pointer moves this far before it drags, in px: a click is not a drag. */
const DRAG_FROM_PX = 4;
/** A finger rests this long before it drags, in ms: it may only want to scroll. */
const TOUCH_DELAY_MS = 250;
const TOUCH_TOLERANCE_PX = 8;
const DAY_MINUTES = 24 * 60;

const MOVES = ['pointermove', 'touchmove'];

interface Point {
  x: number;
  y: number;
}

export function MoveArea({ children, days, shown, show }: CalendarProps & { children: ReactNode }) {
  const { zone, locale } = usePerson();
  const text = calendarTextFor(locale);
  const client = useQueryClient();
  const change = useChangeTask();
  const [moving, setMoving] = useState<Moving | null>(null);
  const [said, say] = useState('');
  const sensors = useSensors(
    useSensor(MouseSensor, { activationConstraint: { distance: DRAG_FROM_PX } }),
    useSensor(TouchSensor, {
      activationConstraint: { delay: TOUCH_DELAY_MS, tolerance: TOUCH_TOLERANCE_PX },
    }),
  );
  const point = useRef<Point>({ x: 0, y: 0 });
  const grabbedAt = useRef(0);
  useEffect(() => {
    const note = (event: Event) => {
      point.current = pointOf(event);
    };
    const options = { capture: true, passive: true };
    for (const type of MOVES) window.addEventListener(type, note, options);
    return () => {
      for (const type of MOVES) window.removeEventListener(type, note, options);
    };
  }, []);

  const follow = () => {
    setMoving((now) => {
      if (now === null) return now;
      const place = placeUnder(point.current, grabbedAt.current, now) ?? now.place;
      return samePlace(place, now.place) ? now : { ...now, place };
    });
  };
  const focusOn = useFocusAgain(moving === null);
  const put = ({ task, place }: Moving) => {
    const newest = newestOf(client, task);
    if (samePlace(placeOf(newest, zone), place)) return;
    change.mutate(moveTo(newest, place, zone));
    say(text.move.dropped(task.title, placeWords(place, locale, text)));
  };
  const taken = (task: Task, by: Moving['by']) => {
    const place = placeOf(task, zone);
    if (place === null || task.status === 'done') return;
    setMoving({ task, place, by });
    say(text.move.lifted(task.title, placeWords(place, locale, text)));
  };
  const goTo = (place: Place) => {
    if (moving === null || samePlace(place, moving.place)) return;
    setMoving({ ...moving, place });
    say(text.move.over(placeWords(place, locale, text)));
    if (!days.includes(place.date)) show({ ...shown, date: place.date });
  };
  const cancel = () => {
    if (moving === null) return;
    say(text.move.cancelled(moving.task.title));
    focusOn(moving.task.id);
    setMoving(null);
  };

  const tools = useMemo(
    () => ({
      moving,
      lift: (task: Task) => {
        taken(task, 'keys');
      },
    }),
    // eslint-disable-next-line react-hooks/exhaustive-deps -- only what is being moved makes the parts draw again
    [moving],
  );
  return (
    <MovingContext value={tools}>
      <DndContext
        id="calendar"
        sensors={sensors}
        onDragStart={({ active, activatorEvent }) => {
          const { task } = active.data.current as { task: Task };
          const chip = (activatorEvent.target as Element).closest('[data-task]');
          const { top = 0 } = chip?.getBoundingClientRect() ?? {};
          grabbedAt.current = pointOf(activatorEvent).y - top;
          taken(task, 'pointer');
        }}
        onDragMove={follow}
        onDragEnd={() => {
          if (moving !== null) put(moving);
          setMoving(null);
        }}
        onDragCancel={cancel}
        accessibility={quietDrag(text.how)}
      >
        {children}
        <DragOverlay dropAnimation={null}>
          {moving?.by === 'pointer' ? (
            <div className="flex h-6 items-center gap-1 rounded-sm border border-accent bg-raised px-1.5 text-xs shadow-lg">
              <ChipFace time={moving.place.time} task={moving.task} />
            </div>
          ) : null}
        </DragOverlay>
      </DndContext>
      {moving?.by === 'keys' ? (
        <MovePanel
          moving={moving}
          span={shown.span}
          onPlace={goTo}
          onDrop={() => {
            put(moving);
            focusOn(moving.task.id);
            setMoving(null);
          }}
          onCancel={cancel}
        />
      ) : null}
      <p role="status" aria-live="assertive" className="sr-only">
        {said}
      </p>
    </MovingContext>
  );
}

/** Where a pointer or the first finger is. */
function pointOf(event: Event): Point {
  const { clientX: x, clientY: y } = (
    'touches' in event ? (event as TouchEvent).touches[0] : event
  ) as MouseEvent;
  return { x, y };
}

/** Where the task would be put down under the pointer. @param grabbedAt how far below its upper edge it was taken, px */
function placeUnder({ x, y }: Point, grabbedAt: number, { place }: Moving): Place | undefined {
  const area = document
    .elementsFromPoint(x, y)
    .find(
      (element): element is HTMLElement =>
        element instanceof HTMLElement && 'drop' in element.dataset,
    );
  const { drop, date } = area?.dataset ?? {};
  if (area === undefined || date === undefined) return undefined;
  if (drop === 'day') return { date, time: place.time };
  if (drop === 'whole') return { date, time: null };
  const { top, height } = area.getBoundingClientRect();
  const minute = ((y - grabbedAt - top) / height) * DAY_MINUTES;
  const snapped = Math.round(minute / STEP) * STEP;
  return { date, time: timeOf(Math.max(0, Math.min(snapped, minutesOf('23:45')))) };
}
