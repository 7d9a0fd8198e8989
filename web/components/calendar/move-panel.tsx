'use client';
// What has the keyboard while a task is moved without a pointer.
import { useEffect, useRef, type KeyboardEvent } from 'react';
import type { Span } from '@/lib/calendar/days';
import { stepped, type Place } from '@/lib/calendar/places';
import { usePerson, useText } from '@/lib/session';
import { calendarTextFor } from '@/text/views';
import { Button } from '../ui/button';
import { Input } from '../ui/input';
import type { Moving } from './moving';
import { placeWords } from './place-words';

export function MovePanel({
  moving: { task, place },
  span,
  onPlace,
  onDrop,
  onCancel,
}: {
  moving: Moving;
  span: Span;
  onPlace: (place: Place) => void;
  onDrop: () => void;
  onCancel: () => void;
}) {
  const { locale } = usePerson();
  const app = useText();
  const text = calendarTextFor(locale);
  const panel = useRef<HTMLDivElement>(null);
  useEffect(() => {
    panel.current?.focus();
  }, []);
  const press = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const inField = event.target instanceof HTMLInputElement;
    const onPanel = event.target === event.currentTarget;
    if (event.key === 'Escape') onCancel();
    else if (event.key === 'Enter' && (onPanel || inField)) onDrop();
    else if (event.key === ' ' && onPanel) {
      if (!event.repeat) onDrop(); // not still held from taking it up
    } else {
      const next = onPanel ? stepped(place, mirrored(event), span) : undefined;
      if (next === undefined) {
        event.stopPropagation(); // single keys are not shortcuts here
        return;
      }
      onPlace(next);
    }
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    // eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- the keys that move a task come here
    <div
      ref={panel}
      role="group"
      aria-label={text.move.title(task.title)}
      tabIndex={-1}
      onKeyDown={press}
      className="fixed inset-x-0 bottom-14 z-40 border-t bg-raised px-4 py-3 shadow-lg lg:bottom-0 lg:left-60"
    >
      <div className="mx-auto flex max-w-4xl flex-wrap items-end gap-3">
        <div className="me-auto min-w-48 flex-1">
          <p className="text-sm font-medium">{text.move.title(task.title)}</p>
          <p className="text-sm">{placeWords(place, locale, text)}</p>
          <p className="text-xs text-muted">
            {task.recurrence === null ? text.move.keys : `${text.move.onlyThis} ${text.move.keys}`}
          </p>
        </div>
        <label className="grid w-40 gap-1 text-xs text-muted">
          {text.move.date}
          <Input
            type="date"
            value={place.date}
            onChange={({ target }) => {
              if (target.value !== '') onPlace({ ...place, date: target.value });
            }}
          />
        </label>
        <label className="grid w-32 gap-1 text-xs text-muted">
          {text.move.time}
          <Input
            type="time"
            value={place.time ?? ''}
            onChange={({ target }) => {
              onPlace({ ...place, time: target.value === '' ? null : target.value });
            }}
          />
        </label>
        <div className="flex gap-2">
          <Button size="sm" onClick={onDrop}>
            {text.move.drop}
          </Button>
          <Button size="sm" variant="outline" onClick={onCancel}>
            {app.cancel}
          </Button>
        </div>
      </div>
    </div>
  );
}

/** The key as it is meant: left is the day before where days run from left to right, and the next one where they don't. */
function mirrored({ key, currentTarget }: KeyboardEvent): string {
  if (getComputedStyle(currentTarget).direction !== 'rtl') return key;
  if (key === 'ArrowLeft') return 'ArrowRight';
  return key === 'ArrowRight' ? 'ArrowLeft' : key;
}
