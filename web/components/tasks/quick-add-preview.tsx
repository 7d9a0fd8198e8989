'use client';
// What was understood of the line while it is typed; each piece can be taken back. Loaded with the first letter.
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import {
  Bell,
  CalendarClock,
  Flag,
  Hash,
  List,
  Repeat,
  TriangleAlert,
  X,
  type LucideIcon,
} from 'lucide-react';
import { useEffect, useState } from 'react';
import { readingOptions } from '@/lib/quick-add';
import type { Ignored, Understood } from '@/lib/understood';
import { pieceWords } from '@/lib/piece-words';
import { usePerson, useText } from '@/lib/session';

/** Typing settles for this long before the backend is asked, in ms. */
const SETTLE_MS = 180;

const ICONS: Record<Exclude<Understood['kind'], 'literal'>, LucideIcon> = {
  due: CalendarClock,
  recurrence: Repeat,
  reminder: Bell,
  tag: Hash,
  priority: Flag,
  list: List,
};

export default function QuickAddPreview({
  line,
  ignored,
  onTakeBack,
}: {
  line: string;
  ignored: readonly Ignored[];
  onTakeBack: (piece: Ignored) => void;
}) {
  const all = useText();
  const { tasks: text } = all;
  const person = usePerson();
  const settled = useSettled(line);
  const { data } = useQuery({
    ...readingOptions(settled, ignored),
    enabled: settled !== '',
    placeholderData: keepPreviousData,
  });
  const pieces = line.trim() === '' ? [] : (data?.understood ?? []);
  const hints = line.trim() === '' ? [] : (data?.hints ?? []);
  const shown = pieces.filter((piece) => piece.kind !== 'literal');
  return (
    <div role="status" aria-label={text.understood}>
      {shown.length === 0 && hints.length === 0 ? null : (
        <div className="flex flex-wrap items-center gap-1.5 border-t px-3 py-2 text-sm">
          {shown.map((piece) => {
            const Icon = ICONS[piece.kind as keyof typeof ICONS];
            return (
              <span
                key={`${piece.start}-${piece.kind}`}
                className="inline-flex max-w-full items-center gap-1.5 rounded-md bg-accent-soft py-0.5 pe-0.5 ps-2 text-accent-text"
              >
                <Icon aria-hidden className="size-3.5 shrink-0" />
                <bdi className="min-w-0 truncate">
                  {data === undefined ? piece.meaning : pieceWords(piece, data.task, all, person)}
                </bdi>
                <button
                  type="button"
                  aria-label={text.takeBack(piece.text)}
                  title={text.takeBack(piece.text)}
                  className="flex size-6 shrink-0 items-center justify-center rounded-sm hover:bg-ink/8"
                  onClick={() => {
                    onTakeBack({ start: piece.start, end: piece.end, text: piece.text });
                  }}
                >
                  <X aria-hidden className="size-3.5" />
                </button>
              </span>
            );
          })}
          {hints.map((hint) => (
            <p key={hint} className="flex w-full items-start gap-1.5 text-warn-text">
              <TriangleAlert aria-hidden className="mt-0.5 size-4 shrink-0" />
              <bdi>{hint}</bdi>
            </p>
          ))}
        </div>
      )}
    </div>
  );
}

/** The line once it has not changed for a moment. */
function useSettled(line: string): string {
  const [settled, setSettled] = useState(line.trim() === '' ? '' : line);
  useEffect(() => {
    const timer = setTimeout(
      () => {
        setSettled(line.trim() === '' ? '' : line);
      },
      line.trim() === '' ? 0 : SETTLE_MS,
    );
    return () => {
      clearTimeout(timer);
    };
  }, [line]);
  return settled;
}
