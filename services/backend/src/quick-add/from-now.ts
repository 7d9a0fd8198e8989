// "in 2 hours", "90 minutes from now": counted from the instant of typing, so a clock change on the way has no say.
import { localDate, localInstant, localTime } from '@todo/contracts/due';
import type { Language } from './language.ts';
import type { ParseContext } from './local-now.ts';
import type { When } from './when.ts';

/** A phrase of hours or minutes from now that begins at a place; undefined when none does. */
export function fromNowAt(
  text: string,
  at: number,
  language: Language,
  context: ParseContext,
): { end: number; when: When } | undefined {
  language.fromNow.lastIndex = at;
  const match = language.fromNow.exec(text);
  if (!match) return undefined;
  const { n, unit, n2, unit2 } = match.groups ?? {};
  const minutes = minutesOf(n, unit, language) + minutesOf(n2, unit2, language);
  if (!(minutes > 0)) return undefined;
  const due = new Date(context.now.getTime() + Math.round(minutes) * 60_000);
  // a due has minutes: never earlier than what was said
  if (due.getTime() % 60_000 > 0) due.setTime(Math.ceil(due.getTime() / 60_000) * 60_000);
  const local = localTime(due, context.zone).slice(0, 16);
  const exact = localInstant(local, context.zone).getTime() === due.getTime();
  return {
    end: at + match[0].length,
    // in the second of two equal hours of an autumn night only the instant is right
    when: exact ? { date: localDate(due, context.zone), time: local.slice(11) } : { instant: due },
  };
}

function minutesOf(n: string | undefined, unit: string | undefined, language: Language): number {
  if (n === undefined) return 0;
  return language.number(n) * (/^(?:h|st)/i.test(unit ?? '') ? 60 : 1);
}
