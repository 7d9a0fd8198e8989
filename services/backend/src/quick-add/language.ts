// What a language has to say for quick add to read it: its forms for dates, times, rules and reminders, and its small words.
// The meaning is the same in every language and lives beside the readers; a language is a table.
import type { CompiledForm, Around } from './form.ts';

/** A day, perhaps with a time of its own. */
export interface DateReading {
  /** `2027-01-31`; undefined with `instant`. */
  readonly date?: string;
  /** Said by its weekday alone: the date moves with the time ("friday at 9", said on a Friday at 8). */
  readonly weekday?: number;
  /** `09:00`, for words that say both ("tonight", "2027-06-01T08:00"). */
  readonly time?: string;
  /** Part of the day that was said, by its key in {@link Language.parts}. */
  readonly part?: string;
  /** Minutes east of UTC, when an offset was written. */
  readonly offset?: number;
  /** A range: the words stay in the title, its begin is the due. */
  readonly range?: boolean;
}

/** A time of day. */
export interface TimeReading {
  /** 0–24 hours in minutes. */
  readonly minutes: number;
  /** False when "at 5" may be the afternoon. */
  readonly exact: boolean;
  readonly range?: boolean;
}

/** How often, from what was said. */
export interface RuleReading {
  /** RFC 5545 RRULE, without an end. */
  readonly rule: string;
  /** Part of the day ("every morning"). */
  readonly part?: string;
  readonly fromCompletion?: boolean;
}

/** A part of the day. */
export interface PartOfDay {
  /** Its time when no clock time is said, `09:00`. */
  readonly time: string;
  /** Bare hours up to eleven are its own: "evening at 8" is 20:00. */
  readonly half: 'am' | 'pm' | 'night';
}

/** One language. */
export interface Language {
  readonly name: 'en' | 'de' | 'fr';
  readonly dates: readonly CompiledForm<DateReading>[];
  readonly times: readonly CompiledForm<TimeReading>[];
  /** Parts of the day, by their words. */
  readonly parts: Readonly<Record<string, PartOfDay>>;
  /** The key of a part's word. */
  readonly partKey: (word: string) => string;
  /** A part of the day behind a date or a time, with the blank before it; group `part`. */
  readonly partAfter: RegExp;
  /** Small words that lead to a date or time ("due on "), all of them. */
  readonly lead: RegExp;
  /** Between a date and its time, and between a time and its date. */
  readonly dateThenTime: RegExp;
  readonly timeThenDate: RegExp;
  /** Between the begin and the end of a range, and between two of a list. */
  readonly rangeTo: RegExp;
  readonly listAnd: RegExp;
  /** Words before a date that make it something else ("after", "about"): all stays text. */
  readonly refusedBefore: RegExp;
  /** Words after a date that make it something else ("friday after next"). */
  readonly refusedAfter: RegExp;
  /** True when a date is part of a name ("Black Friday"). */
  readonly isName: (around: Around) => boolean;
  /** "in 2 hours": groups `n` and `unit`, perhaps `n2` and `unit2`. */
  readonly fromNow: RegExp;
  readonly rules: readonly CompiledForm<RuleReading>[];
  /** "except friday" behind a rule: group `list`; and any word that begins an exception. */
  readonly except: RegExp;
  readonly exceptWord: RegExp;
  /** Weekdays (RRULE names) in a list of words. */
  readonly daysIn: (words: string) => string[];
  /** "after completion" behind a rule. */
  readonly completion: RegExp;
  /** What may not follow a rule, since it belongs to it and was not read ("every january 1 and july 1"). */
  readonly ruleGoesOn: RegExp;
  /** "until", "through": the word, with the blank behind. */
  readonly untilWord: RegExp;
  /** "starting": a rule's first day must follow. */
  readonly startWord: RegExp;
  /** "10 times": group `n`. */
  readonly count: RegExp;
  /** "for 2 weeks": groups `n` and `unit`; and what begins like one. */
  readonly duration: RegExp;
  /** Days, weeks, months or years of a unit word. */
  readonly unit: (word: string) => { unit: 'day' | 'month'; size: number } | undefined;
  readonly number: (word: string) => number;
  /** "every 2 hours", which tasks can't do. */
  readonly shortRepetition: RegExp;
  /** "remind me", with "to" behind it; group `to`. */
  readonly remindMe: RegExp;
  /** "remind me 1 day before": groups `list` and `list2`. */
  readonly before: RegExp;
  /** "before" at the end of a reminder that was not read. */
  readonly beforeWord: RegExp;
  /** One amount of such a list: groups `n` and `unit`. */
  readonly beforePiece: RegExp;
  /** Minutes, hours, …: the letter of ISO 8601 for a unit word, `MONTH` for months. */
  readonly beforeUnit: (word: string) => 'MONTH' | 'W' | 'D' | 'H' | 'M';
  /** Words between "remind me" and its time. */
  readonly reminderJoin: RegExp;
  /** "to" left over between "remind me …" and what is to be done. */
  readonly to: RegExp;
  /** True for a text of another language whose words would be misread ("3 am Tag"). */
  readonly notIn: (text: string) => boolean;
}
