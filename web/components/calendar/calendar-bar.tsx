'use client';
// What the calendar shows, and the ways to another week or month.
import { ChevronLeft, ChevronRight } from 'lucide-react';
import Link from 'next/link';
import { shifted, type Shown, type Span } from '@/lib/calendar/days';
import { usePerson } from '@/lib/session';
import { calendarTextFor } from '@/text/views';
import { Button } from '../ui/button';
import { Checkbox } from '../ui/checkbox';
import { ChoiceGroup } from '../ui/choice-group';

const SPANS: readonly Span[] = ['week', 'month'];

export function CalendarBar({
  shown,
  days,
  today,
  show,
}: {
  shown: Shown;
  days: string[];
  today: string;
  show: (next: Shown) => void;
}) {
  const { locale } = usePerson();
  const text = calendarTextFor(locale);
  const { span } = shown;
  const turn = (by: number) => {
    show({ ...shown, date: shifted(shown, by) });
  };
  return (
    <div className="mb-3 flex flex-wrap items-center gap-x-3 gap-y-2">
      <div className="flex items-center">
        <Button
          variant="ghost"
          size="icon"
          aria-label={text.before[span]}
          title={text.before[span]}
          onClick={() => {
            turn(-1);
          }}
        >
          <ChevronLeft aria-hidden className="rtl:rotate-180" />
        </Button>
        <Button
          variant="outline"
          size="sm"
          onClick={() => {
            show({ ...shown, date: today });
          }}
        >
          {text.today}
        </Button>
        <Button
          variant="ghost"
          size="icon"
          aria-label={text.after[span]}
          title={text.after[span]}
          onClick={() => {
            turn(1);
          }}
        >
          <ChevronRight aria-hidden className="rtl:rotate-180" />
        </Button>
      </div>
      <h2 aria-live="polite" className="me-auto text-base font-semibold">
        {heading(shown, days, locale)}
      </h2>
      <label className="flex min-h-8 items-center gap-2 text-sm">
        <Checkbox
          shape="square"
          checked={shown.done}
          onCheckedChange={(done) => {
            show({ ...shown, done });
          }}
        />
        {text.done}
      </label>
      <Link href="/board" className="text-sm text-accent-text underline-offset-4 hover:underline">
        {text.board}
      </Link>
      <ChoiceGroup
        label={text.view}
        choices={SPANS.map((one) => [one, text[one]] as const)}
        chosen={span}
        onChoose={(next) => {
          show({ ...shown, span: next });
        }}
      />
    </div>
  );
}

/** "December 2026", or the days from and to of a week. */
function heading({ span, date }: Shown, days: string[], locale: string): string {
  const at = (day: string) => new Date(`${day}T12:00:00Z`);
  if (span === 'month')
    return new Intl.DateTimeFormat(locale, {
      month: 'long',
      year: 'numeric',
      timeZone: 'UTC',
    }).format(at(date));
  return new Intl.DateTimeFormat(locale, {
    day: 'numeric',
    month: 'long',
    year: 'numeric',
    timeZone: 'UTC',
  }).formatRange(at(days[0] ?? date), at(days.at(-1) ?? date));
}
