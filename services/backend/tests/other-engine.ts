// The occurrences of a series as ical.js reads them: an engine that shares nothing with ours.
import ICAL from 'ical.js';

/** An occurrence. */
export interface ReadOccurrence {
  readonly start: ICAL.Time;
  /** As far after its start as that of the entry that it is read from. */
  readonly due: ICAL.Time;
  readonly title: string;
}

/** What getOccurrenceDetails() gives, which its types do not name. */
interface Details {
  readonly item: ICAL.Event;
  readonly startDate: ICAL.Time;
}

/** The first occurrences of a calendar's one series, in the order of the rule. */
export function occurrencesOf(text: string, n: number): ReadOccurrence[] {
  const root = new ICAL.Component(ICAL.parse(text) as unknown[]);
  for (const zone of root.getAllSubcomponents('vtimezone'))
    ICAL.TimezoneService.register(new ICAL.Timezone(zone));
  const events = root
    .getAllSubcomponents('vtodo')
    .map((todo) => new ICAL.Event(todo, { strictExceptions: true }));
  const series = events.find((event) => event.component.hasProperty('rrule'));
  if (!series) return [];
  for (const event of events)
    if (event.isRecurrenceException() && event.uid === series.uid) series.relateException(event);
  const iterator = series.iterator();
  const found: ReadOccurrence[] = [];
  while (found.length < n) {
    const next = iterator.next() as ICAL.Time | undefined;
    if (!next) break;
    const { item, startDate } = series.getOccurrenceDetails(next) as unknown as Details;
    const start = item.component.getFirstPropertyValue('dtstart') as ICAL.Time;
    const due = item.component.getFirstPropertyValue('due') as ICAL.Time;
    const end = startDate.clone();
    end.addDuration(due.subtractDate(start));
    found.push({ start: startDate, due: end, title: item.summary });
  }
  return found;
}
