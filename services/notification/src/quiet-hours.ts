// Until when is a person not to be disturbed? On the clock of their zone, so the nights of a clock change are an hour
// shorter or longer.
import { localInstant, localTime } from '@todo/contracts/due';
import type { QuietHours } from '@todo/contracts/notification-preferences';

const DAY_MS = 86_400_000;

/**
 * When a message may go out.
 * @param zone IANA.
 * @returns `at` itself outside of the quiet hours, else their end; UTC.
 */
export function afterQuietHours(quiet: QuietHours | null, zone: string, at: Date): Date {
  if (quiet === null) return at;
  const local = localTime(at, zone);
  const time = local.slice(11, 16);
  const overMidnight = quiet.from > quiet.to;
  const isQuiet = overMidnight
    ? time >= quiet.from || time < quiet.to
    : time >= quiet.from && time < quiet.to;
  if (!isQuiet) return at;
  const endsTomorrow = overMidnight && time >= quiet.from;
  const day = endsTomorrow ? nextDay(local.slice(0, 10)) : local.slice(0, 10);
  const end = localInstant(`${day}T${quiet.to}`, zone);
  return end > at ? end : at;
}

function nextDay(date: string): string {
  return new Date(Date.parse(`${date}T00:00:00Z`) + DAY_MS).toISOString().slice(0, 10);
}
