// Which time zone rules this process computes with. Every instant of a local time is computed in due.ts, with the rules of the
// runtime's ICU; a zone that changed after them is off until the runtime is newer.

/** The release of the IANA time zone database that the oldest runtime we ship may have. */
export const OLDEST_ZONE_DATA = '2026c';

/** The release of the IANA time zone database in this runtime, such as `2026c`; `unknown` where it does not say. */
export function zoneDataRelease(): string {
  return process.versions['tz'] ?? 'unknown';
}

/** Whether a release is at least as new as another: releases are a year and a letter, so they sort as text. */
export function isAtLeast(release: string, oldest: string): boolean {
  return /^\d{4}[a-z]+$/.test(release) && release >= oldest;
}
