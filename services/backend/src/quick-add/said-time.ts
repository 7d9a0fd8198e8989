// A day, a clock time and a part of the day that were said together become one moment: "evening at 8" is 20:00, "friday at 5"
// the afternoon, "tomorrow night at 1" an hour past midnight.
import { two } from './calendar.ts';
import type { DateReading, Language, PartOfDay, TimeReading } from './language.ts';
import { addDays, today } from './local-now.ts';
import type { ParseContext } from './local-now.ts';
import { atOffset, weekdayDate } from './when.ts';
import type { When } from './when.ts';
import type { ClockZone } from './zone-phrase.ts';

/** A time on a clock, perhaps of a zone that was named. */
export interface Clock {
  readonly reading: TimeReading;
  readonly zone?: ClockZone;
}

/** A part of the day behind a phrase ("tomorrow morning"), and where it ends. */
export function partAt(
  text: string,
  at: number,
  language: Language,
): { part: PartOfDay; end: number } | undefined {
  language.partAfter.lastIndex = at;
  const match = language.partAfter.exec(text);
  const part = language.parts[language.partKey(match?.groups?.['part'] ?? '')];
  return match && part ? { part, end: at + match[0].length } : undefined;
}

/** The part of the day that a day's own words name ("tonight"). */
export function partOf(reading: DateReading, language: Language): PartOfDay | undefined {
  return reading.part === undefined ? undefined : language.parts[reading.part];
}

/** A day, a time and a part of the day together. */
export function whenOf(
  reading: DateReading,
  clock: Clock | undefined,
  part: PartOfDay | undefined,
  context: ParseContext,
): When {
  const said = clock ? timeOf(clock.reading, part) : undefined;
  const time = reading.time ?? said?.time ?? part?.time;
  let { date, weekday } = reading;
  if (weekday !== undefined && date !== undefined) date = weekdayDate(weekday, time, context);
  if (said?.nextDay) {
    date = addDays(date ?? today(context), 1);
    weekday = undefined;
  }
  const offset = reading.offset ?? clock?.zone?.offset;
  if (offset !== undefined && time !== undefined)
    return { instant: atOffset(date, time, offset, context) };
  return {
    ...(date === undefined ? {} : { date }),
    ...(time === undefined ? {} : { time }),
    ...(weekday === undefined ? {} : { weekday }),
    ...(clock?.zone?.zone === undefined ? {} : { zone: clock.zone.zone }),
    ...(clock && !part && reading.time === undefined ? { clock: clock.reading } : {}),
  };
}

/** The time on a clock of 24 hours: the part of the day decides, else "at 1" to "at 6" is the afternoon. */
export function timeOf(
  { minutes, exact }: TimeReading,
  part: PartOfDay | undefined,
): { time: string; nextDay: boolean } {
  let hour = Math.floor(minutes / 60);
  let nextDay = false;
  if (part?.half === 'am') hour = hour === 12 ? 0 : hour;
  else if (part?.half === 'pm') hour += hour < 12 ? 12 : 0;
  else if (part?.half === 'night') {
    nextDay = hour < 6 || hour === 12;
    hour = hour === 12 ? 0 : hour + (hour >= 6 && hour < 12 ? 12 : 0);
  } else if (!exact && hour >= 1 && hour <= 6) hour += 12;
  return { time: `${two(hour)}:${two(minutes % 60)}`, nextDay };
}
