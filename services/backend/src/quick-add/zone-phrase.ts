// A zone named behind a time: "9am Europe/London", "9am (Asia/Tokyo)", "9am New York time". Abbreviations such as EST or CET
// are the fixed offsets they name, also in summer.

/** A zone's name at the start of a text. */
export interface ZonePhrase {
  /** Characters it takes, with the blanks before it. */
  readonly length: number;
  /** IANA name. */
  readonly zone: string;
}

const IANA = /^\s*(?:\(\s*)?([A-Za-z]+(?:\/[A-Za-z][A-Za-z_+-]*){1,2})(?:\s*\))?(?=$|[\s,.;:!?])/;
const CITY = /^\s*(?:in\s+)?(\p{L}+(?:[ -]\p{L}+){0,3}?)\s+time(?=$|[\s,.;:!?])/iu;

/** The zone that a text begins with; undefined when it begins with none. */
export function zoneAtStart(text: string): ZonePhrase | undefined {
  const name = IANA.exec(text);
  const named = name?.[1] === undefined ? undefined : knownZone(name[1]);
  if (name && named !== undefined) return { length: name[0].length, zone: named };
  const city = CITY.exec(text);
  const cityZone = cities().get((city?.[1] ?? '').toLowerCase().replaceAll('-', ' '));
  return city && cityZone !== undefined ? { length: city[0].length, zone: cityZone } : undefined;
}

function knownZone(name: string): string | undefined {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone;
  } catch {
    return undefined;
  }
}

let zonesByCity: ReadonlyMap<string, string> | undefined;

/** Zones by the city in their name: `new york` → `America/New_York`. */
function cities(): ReadonlyMap<string, string> {
  zonesByCity ??= new Map(
    Intl.supportedValuesOf('timeZone').map((zone) => [
      (zone.split('/').at(-1) ?? zone).toLowerCase().replaceAll(/[_-]/g, ' '),
      zone,
    ]),
  );
  return zonesByCity;
}

/** A zone or an offset behind a clock time. */
export interface ClockZone {
  readonly length: number;
  readonly zone?: string;
  /** Minutes east of UTC. */
  readonly offset?: number;
}

/** Abbreviations that mean one offset, in hours, wherever they are used as a time's zone; also in summer. */
const OFFSETS: Readonly<Record<string, number>> = {
  utc: 0,
  gmt: 0,
  bst: 1,
  cet: 1,
  cest: 2,
  eet: 2,
  eest: 3,
  msk: 3,
  jst: 9,
  aest: 10,
  aedt: 11,
  est: -5,
  edt: -4,
  cst: -6,
  cdt: -5,
  mst: -7,
  mdt: -6,
  pst: -8,
  pdt: -7,
};
const OFFSET =
  /^\s*\(?(?<name>utc|gmt|bst|cet|cest|eest|eet|msk|jst|aest|aedt|est|edt|cst|cdt|mst|mdt|pst|pdt)(?:\s?(?<sign>[+-])(?<h>\d{1,2})(?::?(?<m>[0-5]\d))?)?\)?(?=$|[\s,.;:!?)])/i;

/** The zone or offset that a text begins with. */
export function clockZoneAtStart(text: string): ClockZone | undefined {
  const match = OFFSET.exec(text);
  if (match) {
    const { name = 'utc', sign, h = '0', m = '0' } = match.groups ?? {};
    const added = (sign === '-' ? -1 : 1) * (Number(h) * 60 + Number(m));
    return { length: match[0].length, offset: (OFFSETS[name.toLowerCase()] ?? 0) * 60 + added };
  }
  return zoneAtStart(text);
}
