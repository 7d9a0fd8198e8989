// Finds "remind me …". Three forms:
//   before ..... "remind me a day before", "remind me 1 hour and 10 minutes before": counts back from the due
//   at ......... "remind me at 8am", "remind me on Friday at noon": a time of its own, when the text also says when it is due
//   plain ...... "remind me to call mum tomorrow at 9": the due is the reminder's time
import { WORD_START } from './form.ts';
import type { Language } from './language.ts';
import { english } from './languages/english.ts';
import type { Range } from './source-text.ts';

/** Reminders that count back: ISO 8601 durations, one for each that was named. */
export interface BeforePhrase extends Range {
  readonly durations: string[];
}

/** Every "remind me … before". */
export function findBefore(text: string, language: Language = english): BeforePhrase[] {
  const phrases: BeforePhrase[] = [];
  let from = 0;
  for (const { index: at } of text.matchAll(WORD_START)) {
    if (at < from) continue;
    language.before.lastIndex = at;
    const match = language.before.exec(text);
    if (!match) continue;
    const { list, list2 } = match.groups ?? {};
    from = at + match[0].length;
    const durations = [list, list2].flatMap((some) => (some ? durationsOf(some, language) : []));
    phrases.push({ start: at, end: from, durations });
  }
  return phrases;
}

/** The words "remind me (to)", which are no part of a title. */
export function findRemindMe(text: string, language: Language): Range | undefined {
  for (const { index: at } of text.matchAll(WORD_START)) {
    language.remindMe.lastIndex = at;
    const match = language.remindMe.exec(text);
    if (match) return { start: at, end: at + match[0].length };
  }
  return undefined;
}

// "a day and an hour before" is two reminders, "an hour and 10 minutes before" is one
function durationsOf(list: string, language: Language): string[] {
  const pieces = [...list.matchAll(language.beforePiece)].map((match) => ({
    amount: language.number(match.groups?.['n'] ?? '1'),
    unit: language.beforeUnit(match.groups?.['unit'] ?? ''),
  }));
  const durations: string[] = [];
  for (let index = 0; index < pieces.length; index += 1) {
    const piece = pieces[index];
    const next = pieces[index + 1];
    if (!piece) break;
    if (piece.unit === 'H' && next?.unit === 'M') {
      durations.push(`PT${piece.amount}H${next.amount}M`);
      index += 1;
    } else durations.push(durationOf(piece.amount, piece.unit));
  }
  return [...new Set(durations)];
}

function durationOf(amount: number, unit: 'MONTH' | 'W' | 'D' | 'H' | 'M'): string {
  if (amount === 0.5) return unit === 'H' ? 'PT30M' : 'PT12H';
  if (unit === 'MONTH') return `P${amount}M`;
  return unit === 'H' || unit === 'M' ? `PT${amount}${unit}` : `P${amount}${unit}`;
}
