// Zones of a calendar that are not IANA names. Outlook writes Windows' names, Evolution and Mozilla paths that end in an IANA
// name, some programs names of their own. The VTIMEZONE in the file is the definition (RFC 5545 3.2.19); a name is found for it,
// because a repeating task needs a zone that goes on, and only where none fits are times taken as instants by the definition.
import ICAL from 'ical.js';
import { Temporal } from 'temporal-polyfill';
import { findIana, WINDOWS_TO_IANA_MAP } from 'windows-iana';

/** What a TZID is: a zone by its IANA name, or only the offset (minutes) that the file defines for a local time. */
export type ResolvedZone =
  | { readonly zone: string; readonly how: 'iana' | 'name' | 'definition' | 'unknown' }
  | { readonly offsetAt: (local: string) => number };

/** Definitions that are kept of one file; more is no calendar of a person. */
const MAX_DEFINITIONS = 500;

/** The zones of one file. */
export interface FileZones {
  /** Adds a VTIMEZONE, as text. */
  readonly define: (text: string) => void;
  /** What a TZID is; `unknown` is the person's zone. */
  readonly resolve: (tzid: string) => ResolvedZone;
}

/** An empty set of definitions. @param own the person's zone @param now the year whose rules are compared */
export function fileZones(own: string, now: Date): FileZones {
  const definitions = new Map<string, string>();
  const resolved = new Map<string, ResolvedZone>();
  return {
    define: (text) => {
      const tzid = /^TZID(?:;[^:]*)?:(.*)$/im.exec(text)?.[1]?.trim();
      if (tzid && !definitions.has(tzid) && definitions.size < MAX_DEFINITIONS)
        definitions.set(tzid, text);
    },
    resolve: (tzid) => {
      const known = resolved.get(tzid);
      if (known) return known;
      const found = resolve(tzid, definitions.get(tzid), own, now);
      if (resolved.size < MAX_DEFINITIONS) resolved.set(tzid, found);
      return found;
    },
  };
}

function resolve(tzid: string, text: string | undefined, own: string, now: Date): ResolvedZone {
  if (isZone(tzid)) return { zone: tzid, how: 'iana' };
  const offsetAt = text === undefined ? undefined : definitionOf(text);
  const year = now.getUTCFullYear();
  const named = [
    /^X-LIC-LOCATION(?:;[^:]*)?:(.*)$/im.exec(text ?? '')?.[1]?.trim(),
    windowsZone(tzid),
    endOfPath(tzid),
    offsetZone(tzid),
    cityZone(tzid),
  ].filter((name) => name !== undefined && isZone(name)) as string[];
  if (!offsetAt) {
    const [zone] = named;
    return zone === undefined ? { zone: own, how: 'unknown' } : { zone, how: 'name' };
  }
  const fitting = named.find((zone) => fits(zone, offsetAt, year));
  if (fitting !== undefined) return { zone: fitting, how: 'name' };
  const same = [own, ...commonZones()].find((zone) => isZone(zone) && fits(zone, offsetAt, year));
  return same === undefined ? { offsetAt } : { zone: same, how: 'definition' };
}

function isZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

/** `/freeassociation.sourceforge.net/Europe/Paris`, `/mozilla.org/20070129_1/America/Argentina/Salta`. */
function endOfPath(tzid: string): string | undefined {
  const parts = tzid.split('/').filter((part) => part !== '');
  return [3, 2].map((n) => parts.slice(-n).join('/')).find(isZone);
}

function windowsZone(tzid: string): string | undefined {
  const name = tzid.replace(/^tzone:\/\/Microsoft\//i, '').trim();
  if (/^utc$/i.test(name)) return 'UTC';
  const exact = WINDOWS_TO_IANA_MAP.find(
    ({ windowsName }) => windowsName.toLowerCase() === name.toLowerCase(),
  );
  return exact && findIana(exact.windowsName)[0];
}

/** `GMT+0100`, `(UTC+01:00)` alone: a zone without clock changes. */
function offsetZone(tzid: string): string | undefined {
  const match = /^\(?(?:UTC|GMT)\s*([+-])(\d{1,2}):?(\d\d)?\)?$/i.exec(tzid.trim());
  if (!match) return undefined;
  return `${match[1] ?? '+'}${(match[2] ?? '0').padStart(2, '0')}:${match[3] ?? '00'}`;
}

/** `(UTC+01:00) Amsterdam, Berlin, Bern`: the first city that names a zone. */
function cityZone(tzid: string): string | undefined {
  const words = tzid
    .replace(/^\([^)]*\)/, '')
    .split(/[,;/]/)
    .map((word) => word.trim().replaceAll(' ', '_').toLowerCase());
  const zones = Intl.supportedValuesOf('timeZone');
  for (const word of words) {
    if (word.length < 3) continue;
    const zone = zones.find((name) => name.toLowerCase().endsWith(`/${word}`));
    if (zone !== undefined) return zone;
  }
  return undefined;
}

/** The offset (minutes) that a VTIMEZONE gives a local time; undefined for a definition that can't be read. */
function definitionOf(text: string): ((local: string) => number) | undefined {
  try {
    const zone = new ICAL.Timezone(new ICAL.Component(ICAL.parse(text) as unknown[]));
    const offsetAt = (local: string): number =>
      Math.round(zone.utcOffset(ICAL.Time.fromDateTimeString(local.slice(0, 16) + ':00')) / 60);
    return Number.isFinite(offsetAt('2027-01-15T12:00')) ? offsetAt : undefined;
  } catch {
    return undefined;
  }
}

/** Whether a zone has a definition's offsets at noon on the 15th of each month, this year and the next. */
function fits(zone: string, offsetAt: (local: string) => number, year: number): boolean {
  // January and July first: they tell most zones apart
  return [1, 7, 4, 10, 2, 3, 5, 6, 8, 9, 11, 12]
    .flatMap((month) => [
      { year, month },
      { year: year + 1, month },
    ])
    .every(({ year: ofYear, month }) => {
      const at = Temporal.PlainDateTime.from({ year: ofYear, month, day: 15, hour: 12 });
      const minutes = at.toZonedDateTime(zone).offsetNanoseconds / 60e9;
      return minutes === offsetAt(at.toString({ smallestUnit: 'minute' }));
    });
}

/** One zone for each of Windows' names: every behaviour that calendars meet. */
function commonZones(): string[] {
  return WINDOWS_TO_IANA_MAP.filter(({ territory }) => territory === '001').map(
    ({ iana }) => iana[0],
  );
}
