// One line of text becomes a task: "pay rent every month on the 1st at 9am #home !high remind me a day before".
// A pure function of the text, the instant, the zone and the locale: no network, no state, no clock of its own.
//
// What is literal is taken first, then marks, then times, in the person's language. Each character of the line ends in the
// title or in a piece of `understood`.
import type { Due, Recurrence } from '@todo/contracts/task';
import { languagesOf } from './languages-of.ts';
import { claimLiterals } from './literals.ts';
import type { ParseContext } from './local-now.ts';
import { claimMarks } from './marks.ts';
import type { Priority } from './marks.ts';
import { readTimes } from './read-times.ts';
import type { Times } from './read-times.ts';
import type { WantedReminder } from './reminder-of-line.ts';
import { settle, sourceText } from './source-text.ts';
import { correctLine, findSlips } from './slips.ts';
import type { Slip } from './slips.ts';
import type { Claim, Range, Settled, SourceText, Understood } from './source-text.ts';

export type { ParseContext } from './local-now.ts';
export type { WantedReminder } from './reminder-of-line.ts';
export type { Range, Understood } from './source-text.ts';

/** Longest text that is read, in characters: a title and its marks, and some lines of notes. */
export const MAX_QUICK_ADD = 2_000;

/** What a text means. */
export interface ParsedQuickAdd {
  /** May be empty when the text holds nothing but marks. */
  readonly title: string;
  /** The lines after the first. */
  readonly notes: string;
  readonly due: Due | null;
  readonly recurrence: Recurrence | null;
  readonly reminders: readonly WantedReminder[];
  readonly tags: readonly string[];
  readonly priority: Priority;
  /** A list's name as typed; finding the list is the caller's. */
  readonly list: string | null;
  /** Pieces of the text and what each was taken for, in the order of the text. */
  readonly understood: readonly Understood[];
  /** What could not be used and why, for a person. */
  readonly hints: readonly string[];
}

/**
 * Reads a text.
 * @param text at most {@link MAX_QUICK_ADD} characters; only its first line is read, the others become notes.
 * @param context when, where and in which locale it was typed.
 * @param options `ignore`: ranges that a person took back; they stay in the title as they are. `corrects`: also reads words
 *   with slips of the fingers, and says so in `understood`.
 */
export function parseQuickAdd(
  text: string,
  context: ParseContext,
  options: { ignore?: readonly Range[]; corrects?: boolean } = {},
): ParsedQuickAdd {
  const [line = '', ...more] = text.split(/\r\n|\r|\n/);
  const { ignore = [], corrects = false } = options;
  const notes = more.join('\n').trim();
  const { claims, ...read } = readLine(line, context, ignore);
  if (!corrects) return { ...read, notes };
  const slips = findSlips(line, [...ignore, ...claims], languagesOf(context.locale));
  return { ...(readCorrected(line, slips, context, ignore) ?? read), notes };
}

/** What one line means, and every range of it that means something or was taken as it is. */
type LineReading = Omit<ParsedQuickAdd, 'notes'> & { readonly claims: readonly Range[] };

function readLine(line: string, context: ParseContext, ignore: readonly Range[]): LineReading {
  const source = sourceText(line);
  claimLiterals(source, ignore);
  const marks = claimMarks(source);
  const { due, recurrence, reminders, claims, hints } = timesOf(source, context);
  const settled = titled(source, claims);
  return {
    ...settled,
    due,
    recurrence,
    reminders,
    ...marks,
    hints,
    claims: [...source.claims, ...claims],
  };
}

/** The line with its slips corrected; undefined where none of them says when. */
function readCorrected(
  line: string,
  slips: readonly Slip[],
  context: ParseContext,
  ignore: readonly Range[],
): Omit<LineReading, 'claims'> | undefined {
  if (slips.length === 0) return undefined;
  const { text, forth, back } = correctLine(line, slips);
  const { claims: _, understood, ...read } = readLine(text, context, ignore.map(forth));
  const pieces = understood.map((piece) => ({ ...piece, ...back(piece) }));
  const holds = (piece: Range, { start, end }: Slip): boolean =>
    piece.start <= start && end <= piece.end;
  const meant = slips.filter((slip) =>
    pieces.some((piece) => !piece.inTitle && piece.kind !== 'literal' && holds(piece, slip)),
  );
  if (meant.length < slips.length) return readCorrected(line, meant, context, ignore);
  return {
    ...read,
    understood: pieces.map((piece) => ({
      ...piece,
      text: line.slice(piece.start, piece.end),
      ...(slips.some((slip) => holds(piece, slip)) ? { corrected: piece.text } : {}),
    })),
  };
}

/** The times in the first of the person's languages that has any. */
function timesOf(source: SourceText, context: ParseContext): Times {
  const marks = source.claims.filter(({ kind }) => kind !== 'literal');
  const [own, ...others] = languagesOf(context.locale);
  const times = readTimes(source.rest, marks, context, own);
  if (times.claims.length > 0) return times;
  for (const language of others) {
    if (language.notIn(source.rest)) continue;
    const other = readTimes(source.rest, marks, context, language);
    if (other.claims.length > 0) return other;
  }
  return times;
}

/** A text of nothing but times is a title too ("remind me Wednesday at 10pm"): its own words, without the marks. */
function titled(source: SourceText, times: readonly Claim[]): Settled {
  const settled = settle({ ...source, claims: [...source.claims, ...times] });
  if (settled.title !== '') return settled;
  const inTitle = times.map((claim) => ({ ...claim, inTitle: true }));
  return settle({ ...source, claims: [...source.claims, ...inTitle] });
}
