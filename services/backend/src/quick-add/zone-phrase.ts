// A zone named behind a time: "9am Europe/London", "9am (Asia/Tokyo)", "9am New York time". Abbreviations such as EST or CET
// are chrono's: it takes them for the fixed offset they are, also in summer.

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
