'use client';
// What was understood of the line while it is typed, and what the page adds to it; each piece can be taken back. What looks
// like more than words and stays in the title is marked. Loaded with the first letter.
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import {
  Bell,
  CalendarClock,
  CircleHelp,
  Flag,
  Hash,
  List,
  Repeat,
  TriangleAlert,
  X,
  type LucideIcon,
} from 'lucide-react';
import { useEffect, useState, type ReactNode } from 'react';
import { cn } from '@/lib/class-names';
import { readingOptions, stillThere } from '@/lib/quick-add';
import { dateOfView } from '@/lib/quick-add-task';
import { usePerson, useText } from '@/lib/session';
import type { Ignored, Understood } from '@/lib/understood';
import type { View } from '@/lib/views';
import { pieceWords } from '@/lib/piece-words';
import { quickAddTextFor } from '@/text/quick-add';
import type { Draft } from './quick-add-draft';

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
  draft,
  view,
  today,
  onChange,
}: {
  draft: Draft;
  view: View;
  today: string;
  onChange: (change: Partial<Draft>) => void;
}) {
  const all = useText();
  const { tasks: app } = all;
  const person = usePerson();
  const text = quickAddTextFor(person.locale);
  const { title: line, ignored } = draft;
  const settled = useSettled(line);
  const { data } = useQuery({
    ...readingOptions(settled, ignored),
    enabled: settled !== '',
    placeholderData: keepPreviousData,
  });
  const takeBack = ({ start, end, text: words }: Ignored) => {
    onChange({ ignored: [...ignored, { start, end, text: words }] });
  };
  const read = line.trim() === '' ? undefined : data;
  const pieces = read?.understood.filter((piece) => piece.kind !== 'literal') ?? [];
  const unread = stillThere(line, read?.unread ?? []);
  const ofPage = draft.date === '' && draft.noDate !== true && read?.task.due === null;
  const pageDate = ofPage ? dateOfView(view, today) : null;
  const shown = pieces.length + unread.length + (read?.hints.length ?? 0) > 0 || pageDate !== null;
  return (
    <div role="status" aria-label={app.understood}>
      {shown ? (
        <div className="flex flex-wrap items-center gap-1.5 border-t px-3 py-2 text-sm">
          {pieces.map((piece) => (
            <Chip
              key={`${piece.start}-${piece.kind}`}
              icon={ICONS[piece.kind as keyof typeof ICONS]}
              label={app.takeBack(piece.text)}
              wraps={piece.corrected !== undefined}
              onTakeBack={() => {
                takeBack(piece);
              }}
            >
              {read === undefined ? piece.meaning : pieceWords(piece, read.task, all, person)}
              {piece.corrected === undefined ? null : (
                <span className="text-warn-text">
                  {' '}
                  · {text.corrected(piece.text, piece.corrected)}
                </span>
              )}
            </Chip>
          ))}
          {pageDate === null ? null : (
            <Chip
              icon={CalendarClock}
              label={text.noDate}
              quiet
              onTakeBack={() => {
                onChange({ noDate: true });
              }}
            >
              {pageDate === today ? text.pageToday : text.pageTomorrow}
            </Chip>
          )}
          {unread.map((piece) => (
            <span
              key={`unread-${piece.start}`}
              className="inline-flex max-w-full items-center gap-1.5 rounded-md border border-dashed border-warn-text px-2 py-0.5 text-warn-text"
            >
              <CircleHelp aria-hidden className="size-3.5 shrink-0" />
              <bdi className="min-w-0 truncate">{text.unread(piece.text)}</bdi>
            </span>
          ))}
          {read?.hints.map((hint) => (
            <p key={hint} className="flex w-full items-start gap-1.5 text-warn-text">
              <TriangleAlert aria-hidden className="mt-0.5 size-4 shrink-0" />
              <bdi>{hint}</bdi>
            </p>
          ))}
        </div>
      ) : null}
    </div>
  );
}

/** A piece of what was understood, with what takes it back. @param label names the button */
function Chip({
  icon: Icon,
  label,
  quiet = false,
  wraps = false,
  onTakeBack,
  children,
}: {
  icon: LucideIcon;
  label: string;
  quiet?: boolean;
  /** All of it is shown, in several lines if need be. */
  wraps?: boolean;
  onTakeBack: () => void;
  children: ReactNode;
}) {
  return (
    <span
      className={cn(
        'inline-flex max-w-full items-center gap-1.5 rounded-md py-0.5 pe-0.5 ps-2',
        quiet ? 'border text-muted' : 'bg-accent-soft text-accent-text',
      )}
    >
      <Icon aria-hidden className="size-3.5 shrink-0" />
      <bdi className={cn('min-w-0', wraps ? '[overflow-wrap:anywhere]' : 'truncate')}>
        {children}
      </bdi>
      <button
        type="button"
        aria-label={label}
        title={label}
        className="flex size-6 shrink-0 items-center justify-center rounded-sm hover:bg-ink/8"
        onClick={onTakeBack}
      >
        <X aria-hidden className="size-3.5" />
      </button>
    </span>
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
