// Finds the words that say when, in one piece of text: at each word the longest way to say a day or a time is tried, then what
// may complete it (a time behind a day, a day behind a time, a zone, a part of the day, the end of a range).
//
// A phrase is read whole or not at all: what only looks like a date ("Friday the 13th movie night") is passed over with all
// its words, so that no part of it becomes a date.
import { endOf, longest, WORD_START } from './form.ts';
import type { Around, Found } from './form.ts';
import { fromNowAt } from './from-now.ts';
import type { DateReading, Language, TimeReading } from './language.ts';
import { english } from './languages/english.ts';
import type { ParseContext } from './local-now.ts';
import { partAt, partOf, whenOf } from './said-time.ts';
import type { Clock } from './said-time.ts';
import { combine } from './when.ts';
import type { When } from './when.ts';
import { clockZoneAtStart } from './zone-phrase.ts';

/** A phrase that says when. */
export interface DatePhrase {
  readonly start: number;
  readonly end: number;
  readonly when: When;
  /** True when the words say more than a due can hold (the end of a range): they stay in the title. */
  readonly keepInTitle: boolean;
  /** Where the day alone ends, without a time behind it. */
  readonly dayEnd: number;
  /** True when the words around make it no due ("after friday"). */
  readonly refused: boolean;
}

/**
 * Every phrase of a text that says when, in order, none overlapping.
 * @param text may hold U+FFFC where something literal is; no phrase reaches across it.
 * @param textBefore what stands before the text; its words may refuse a date, none is read.
 */
export function findDates(
  text: string,
  context: ParseContext,
  language: Language = english,
  textBefore = '',
): DatePhrase[] {
  const phrases: DatePhrase[] = [];
  let from = 0;
  for (const { index: at } of text.matchAll(WORD_START)) {
    if (at < from) continue;
    const read = readAt(text, at, textBefore, language, context);
    if (!read) continue;
    from = read.end;
    if ('when' in read) phrases.push(read);
  }
  return joinLists(text, phrases, language);
}

/**
 * "at 8am and 8pm": a due is one, so the first counts and all the words stay in the title. Two days side by side ("in a month
 * on friday") say something else than either: both stay text.
 */
function joinLists(text: string, phrases: readonly DatePhrase[], language: Language): DatePhrase[] {
  const joined: DatePhrase[] = [];
  for (const phrase of phrases) {
    const last = joined.at(-1);
    const list =
      last !== undefined &&
      endOf(language.listAnd, text, last.end) === phrase.start &&
      combine(last.when, phrase.when) === undefined;
    if (list)
      joined[joined.length - 1] = {
        ...last,
        end: phrase.end,
        keepInTitle: true,
        refused: last.refused || phrase.refused,
      };
    else if (last && isBeside(text, last, phrase))
      joined[joined.length - 1] = { ...last, end: phrase.end, refused: true };
    else joined.push(phrase);
  }
  return joined;
}

function isBeside(text: string, last: DatePhrase, next: DatePhrase): boolean {
  const hasDay = ({ when }: DatePhrase): boolean => (when.date ?? when.instant) !== undefined;
  return hasDay(last) && hasDay(next) && text.slice(last.end, next.start).trim() === '';
}

/** What was read at a place; without `when`, words that are text up to `end`. */
type Read = DatePhrase | { readonly end: number };

function readAt(
  text: string,
  at: number,
  textBefore: string,
  language: Language,
  context: ParseContext,
): Read | undefined {
  const before = textBefore + text.slice(0, at);
  const refused = language.refusedBefore.test(before);
  const now = fromNowAt(text, at, language, context);
  if (now) return { start: at, keepInTitle: false, dayEnd: now.end, refused, ...now };
  const leadEnd = Math.max(at, endOf(language.lead, text, at));
  for (const from of leadEnd > at ? bestStart(text, at, leadEnd, language) : [at]) {
    const date = longest(language.dates, text, from);
    const time = longest(language.times, text, from);
    const lead = text.slice(at, from);
    const first = text.slice(0, at).trim() === '';
    const place: Place = { text, at, from, before, first, lead, refused, language, context };
    const read =
      date && date.end >= (time?.end ?? 0)
        ? dateFirst(place, date)
        : time
          ? timeFirst(place, time)
          : undefined;
    if (read) return read;
  }
  return undefined;
}

/** With or without the small words, whichever reads more: "from 9 to 10" is a form of its own, "from 9" a lead and a time. */
function bestStart(text: string, at: number, leadEnd: number, language: Language): number[] {
  const reach = (from: number): number =>
    Math.max(
      longest(language.dates, text, from)?.end ?? 0,
      longest(language.times, text, from)?.end ?? 0,
    );
  return reach(at) > reach(leadEnd) ? [at] : [leadEnd];
}

interface Place {
  readonly text: string;
  /** Where the phrase begins, with the small words that lead to it. */
  readonly at: number;
  /** Where its own words begin. */
  readonly from: number;
  readonly before: string;
  readonly first: boolean;
  readonly lead: string;
  readonly refused: boolean;
  readonly language: Language;
  readonly context: ParseContext;
}

function dateFirst(place: Place, found: Found<DateReading>): Read {
  const { text, from, before, lead, language, context } = place;
  const reading = found.form.read(found.groups, context);
  if (reading === 'text') return { end: found.end };
  let end = found.end;
  let part = partAt(text, end, language);
  const wordsEnd = part?.end ?? end;
  end = wordsEnd;
  const clock = reading.time === undefined ? timeBehind(place, end) : undefined;
  if (clock) {
    end = clock.end;
    const late = part ? undefined : partAt(text, end, language);
    if (late) [part, end] = [late, late.end];
  }
  const range = reading.range ?? clock?.reading.range ?? false;
  const rangeEnd = range ? undefined : rangeEndAt(place, end);
  end = rangeEnd ?? end;
  const around: Around = {
    before,
    first: place.first,
    lead,
    words: text.slice(from, found.end),
    after: text.slice(end),
    joined: clock !== undefined || part !== undefined || rangeEnd !== undefined,
  };
  const name = { ...around, words: text.slice(from, wordsEnd), joined: clock !== undefined };
  if (found.form.meant?.(around) === false || language.isName(name)) return { end: wordsEnd };
  if (language.refusedAfter.test(around.after)) return { end };
  const when = whenOf(reading, clock, part?.part ?? partOf(reading, language), context);
  return { ...phrase(place, end, when, range || rangeEnd !== undefined), dayEnd: found.end };
}

function timeFirst(place: Place, found: Found<TimeReading>): Read {
  const { text, from, before, lead, language, context } = place;
  const reading = found.form.read(found.groups, context);
  if (reading === 'text') return { end: found.end };
  let end = found.end;
  const zone = clockZoneAtStart(text.slice(end));
  end += zone?.length ?? 0;
  let part = partAt(text, end, language);
  end = part?.end ?? end;
  const day = dateBehind(place, end);
  const rangeEnd = day || reading.range ? undefined : rangeEndAt(place, end);
  const around: Around = {
    before,
    first: place.first,
    lead,
    words: text.slice(from, found.end),
    after: day ? '' : text.slice(rangeEnd ?? end),
    joined: day !== undefined || part !== undefined,
  };
  if (found.form.meant?.(around) === false) return { end: found.end };
  end = day?.end ?? rangeEnd ?? end;
  if (day && !part) {
    part = partAt(text, end, language);
    end = part?.end ?? end;
  }
  const when = whenOf(
    day?.reading ?? {},
    { reading, ...(zone ? { zone } : {}) },
    part?.part ?? (day ? partOf(day.reading, language) : undefined),
    context,
  );
  return phrase(place, end, when, (reading.range ?? false) || rangeEnd !== undefined);
}

function phrase(place: Place, end: number, when: When, keepInTitle: boolean): DatePhrase {
  return { start: place.at, end, dayEnd: end, when, keepInTitle, refused: place.refused };
}

/** A time behind a day, with its zone. */
function timeBehind(place: Place, at: number): (Clock & { end: number }) | undefined {
  const { text, language, context } = place;
  const from = endOf(language.dateThenTime, text, at);
  if (from <= at) return undefined;
  const best = [from, at + (/^\s*/.exec(text.slice(at))?.[0].length ?? 0)]
    .map((start) => ({ start, found: longest(language.times, text, start) }))
    .sort((a, b) => (b.found?.end ?? 0) - (a.found?.end ?? 0))[0];
  if (!best?.found) return undefined;
  const { found, start } = best;
  const reading = found.form.read(found.groups, context);
  if (reading === 'text') return undefined;
  const zone = clockZoneAtStart(text.slice(found.end));
  const end = found.end + (zone?.length ?? 0);
  const meant = found.form.meant?.({
    before: text.slice(0, at),
    first: false,
    lead: text.slice(at, start),
    words: text.slice(start, found.end),
    after: partAt(text, end, language) ? '' : text.slice(end),
    joined: true,
  });
  if (meant === false) return undefined;
  return { reading, end, ...(zone ? { zone } : {}) };
}

/** A day behind a time. */
function dateBehind(place: Place, at: number): { reading: DateReading; end: number } | undefined {
  const { text, language, context } = place;
  const join = endOf(language.timeThenDate, text, at);
  if (join <= at) return undefined;
  const plain = at + (/^[\s,]*/.exec(text.slice(at))?.[0].length ?? 0);
  for (const from of new Set([join, plain])) {
    const found = longest(language.dates, text, from);
    const reading = found?.form.read(found.groups, context);
    if (!found || !reading || reading === 'text' || reading.time !== undefined) continue;
    const around: Around = {
      before: text.slice(0, at),
      first: false,
      lead: text.slice(plain, from),
      words: text.slice(from, found.end),
      after: text.slice(found.end),
      joined: true,
    };
    if (found.form.meant?.(around) !== false && !language.refusedAfter.test(around.after))
      return { reading, end: found.end };
  }
  return undefined;
}

/** The end of a range ("monday to friday"): its words belong to the phrase. */
function rangeEndAt(place: Place, at: number): number | undefined {
  const { text, language, context } = place;
  const from = endOf(language.rangeTo, text, at);
  if (from <= at) return undefined;
  for (const forms of [language.dates, language.times] as const) {
    const found = longest<DateReading | TimeReading>(forms, text, from);
    if (!found || found.form.read(found.groups, context) === 'text') continue;
    const around = {
      before: text.slice(0, from),
      first: false,
      lead: forms === language.times ? 'at ' : '',
      words: text.slice(from, found.end),
      after: text.slice(found.end),
      joined: true,
    };
    if (found.form.meant?.(around) !== false)
      return partAt(text, found.end, language)?.end ?? found.end;
  }
  return undefined;
}
