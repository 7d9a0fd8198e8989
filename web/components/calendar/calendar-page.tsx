'use client';
// The page of the calendar. What it shows depends on the address and the window's width, so it is made in the browser.
import { useText } from '@/lib/session';
import { loadedLater } from '../loaded-later';
import { PageHeading } from '../shell/page-heading';
import { WidePageLoading } from '../shell/wide-page-loading';

const Calendar = loadedLater(() => import('./calendar'));

export function CalendarPage({ today }: { today: string }) {
  const text = useText();
  return (
    <div data-wide>
      <PageHeading title={text.nav.calendar} />
      <Calendar today={today} fallback={<WidePageLoading />} />
    </div>
  );
}
