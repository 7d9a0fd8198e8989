// Finds "every …" and makes an RRULE of it. Only the rule: its first day follows from the date words, or from the rule.
//
// What belongs to a rule is read with it or the whole stays text: "every weekday except friday" is a rule, "every weekday
// except holidays" is none, and neither is "every january 1 and july 1".
import type { Recurrence } from '@todo/contracts/task';
import { endOf, longest, WORD_START, type Found } from './form.ts';
import type { Language, PartOfDay, RuleReading } from './language.ts';
import type { Range } from './source-text.ts';

/** A phrase that says how often. */
export interface RecurrencePhrase extends Range {
  /** Undefined when its words can't be a rule: they are text, and no part of them is read. */
  readonly recurrence?: Recurrence;
  /** The part of the day it names ("every morning"). */
  readonly part?: PartOfDay;
}

/** The first phrase that says how often; undefined if the text does not repeat. */
export function findRecurrence(text: string, language: Language): RecurrencePhrase | undefined {
  let from = 0;
  let asText: RecurrencePhrase | undefined;
  for (const { index: at } of text.matchAll(WORD_START)) {
    if (at < from) continue;
    const found = longest(language.rules, text, at);
    if (!found || !isMeant(text, at, found)) continue;
    // forms of a rule need nothing but their words
    const reading = found.form.read(found.groups, NO_CONTEXT);
    const phrase = reading === 'text' ? undefined : whole(text, at, found, reading, language);
    if (phrase) return phrase;
    const end = clauseEnd(text, found.end);
    asText ??= { start: at, end };
    from = end;
  }
  return asText;
}

/** The words of every phrase that says how often: what is not read as the rule is text, and no part of it is a date. */
export function ruleWords(text: string, language: Language): Range[] {
  const words: Range[] = [];
  let from = 0;
  for (const { index: at } of text.matchAll(WORD_START)) {
    const found = at < from ? undefined : longest(language.rules, text, at);
    if (!found || !isMeant(text, at, found)) continue;
    words.push({ start: at, end: found.end });
    from = found.end;
  }
  return words;
}

/** Whether words that may be a rule are meant as one where they stand. */
function isMeant(text: string, at: number, { form, end }: Found<RuleReading>): boolean {
  const around = {
    before: text.slice(0, at),
    first: false,
    lead: '',
    words: text.slice(at, end),
    after: text.slice(end),
    joined: false,
  };
  return form.meant?.(around) !== false;
}

/** Where the words that belong to a place end: at punctuation, or with the text. */
export function clauseEnd(text: string, at: number): number {
  const end = text.slice(at).search(/[,.;!?](?=\s|$)/);
  return end < 0 ? text.length : at + end;
}

const NO_CONTEXT = { now: new Date(0), zone: 'UTC', locale: 'en' };

function whole(
  text: string,
  start: number,
  found: { groups: Readonly<Record<string, string | undefined>>; end: number },
  reading: RuleReading,
  language: Language,
): RecurrencePhrase | undefined {
  let { rule } = reading;
  let end = found.end;
  let part = reading.part === undefined ? undefined : language.parts[reading.part];
  let fromCompletion = reading.fromCompletion ?? found.groups['bang'] !== undefined;
  const readPart = (): void => {
    if (part) return;
    language.partAfter.lastIndex = end;
    const match = language.partAfter.exec(text);
    part = language.parts[language.partKey(match?.groups?.['part'] ?? '')];
    if (match && part) end += match[0].length;
  };
  readPart();
  language.except.lastIndex = end;
  const except = language.except.exec(text);
  if (except) {
    const days = language.daysIn(except.groups?.['list'] ?? '');
    const without =
      rule === 'FREQ=DAILY' || rule.includes('BYDAY=') ? leaveOut(rule, days) : undefined;
    if (without === undefined) return undefined;
    rule = without;
    end += except[0].length;
    readPart();
  }
  const completed = endOf(language.completion, text, end);
  if (completed > end) {
    fromCompletion = true;
    end = completed;
  }
  const after = text.slice(end);
  if (endOf(language.exceptWord, text, end) > end || language.ruleGoesOn.test(after))
    return undefined;
  return {
    start,
    end,
    recurrence: { rule, from: fromCompletion ? 'completion' : 'due' },
    ...(part ? { part } : {}),
  };
}

const ALL_DAYS = ['MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU'];

/** A daily or weekly rule without some weekdays; undefined when none are left or the rule has no plain weekdays. */
function leaveOut(rule: string, days: readonly string[]): string | undefined {
  const listed = /^FREQ=WEEKLY;BYDAY=([A-Z,]+)$/.exec(rule)?.[1];
  const all = rule === 'FREQ=DAILY' ? ALL_DAYS : listed?.split(',');
  const left = all?.filter((day) => !days.includes(day));
  if (!all || !left || left.length === 0 || left.length === all.length) return undefined;
  return `FREQ=WEEKLY;BYDAY=${left.join(',')}`;
}
