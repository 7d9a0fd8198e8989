// When the next occurrence of a series is due, computed without the product's code, for the few rules that the workload uses:
// every n days, every n weeks, every month on a day up to the 28th; counted from the due.
import type { Due } from '../evidence.ts';

const DAY_MS = 86_400_000;

/** The parts of a rule. */
export interface SimpleRule {
  readonly freq: 'DAILY' | 'WEEKLY' | 'MONTHLY';
  readonly interval: number;
  /** The number of the last occurrence; undefined: none. */
  readonly count: number | undefined;
}

/** Reads a rule of the workload. @throws Error for any other */
export function readRule(rule: string): SimpleRule {
  const parts = new Map(rule.split(';').map((part) => part.split('=') as [string, string]));
  const freq = parts.get('FREQ');
  const known = ['FREQ', 'INTERVAL', 'COUNT'];
  if (
    (freq !== 'DAILY' && freq !== 'WEEKLY' && freq !== 'MONTHLY') ||
    [...parts.keys()].some((name) => !known.includes(name))
  )
    throw new Error(`the judge has no arithmetic for the rule ${rule}`);
  const count = parts.get('COUNT');
  return {
    freq,
    interval: Number(parts.get('INTERVAL') ?? 1),
    count: count === undefined ? undefined : Number(count),
  };
}

/**
 * The due after a completed occurrence's, for one that was completed before it was due.
 * @param occurrence the completed one's number, from 1
 * @returns null when the series has ended
 */
export function nextDueOf(rule: SimpleRule, due: Due, occurrence: number): Due | null {
  if (rule.count !== undefined && occurrence >= rule.count) return null;
  switch (due.kind) {
    case 'date':
      return { kind: 'date', date: laterDay(rule, due.date) };
    case 'local': {
      const [day = '', time = ''] = due.local.split('T');
      return { ...due, local: `${laterDay(rule, day)}T${time}` };
    }
    case 'instant': {
      // The workload's instants are in UTC, where no day is longer than another.
      const [day = '', time = ''] = due.at.split('T');
      return { kind: 'instant', at: `${laterDay(rule, day)}T${time}` };
    }
  }
}

function laterDay({ freq, interval }: SimpleRule, day: string): string {
  if (freq !== 'MONTHLY') {
    const days = interval * (freq === 'WEEKLY' ? 7 : 1);
    return new Date(Date.parse(`${day}T00:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10);
  }
  const [year = 0, month = 0] = day.split('-').map(Number);
  const months = year * 12 + (month - 1) + interval;
  const later = `${Math.floor(months / 12)}-${String((months % 12) + 1).padStart(2, '0')}`;
  return `${later}${day.slice(7)}`;
}
