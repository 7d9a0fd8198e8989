// Values of other programs' JSON, taken as what they should be, whatever they are.

/** An object's fields; none for anything else. */
export function record(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : {};
}

/** An array; empty for anything else. */
export function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

/** Text, or a number as text; undefined for anything else and for nothing. */
export function textOf(value: unknown): string | undefined {
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/**
 * An instant in text, or milliseconds, as ISO 8601; null for what is none, and for the year 1, which is Go's "no time". A time
 * without a zone is UTC: it must not depend on where this process runs.
 */
export function instantOf(value: unknown): string | null {
  const text = textOf(value)?.replace(
    /^(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d(?::\d\d(?:\.\d+)?)?)$/,
    '$1T$2Z',
  );
  const at = new Date(typeof value === 'number' ? value : (text ?? Number.NaN));
  return Number.isNaN(at.getTime()) || at.getTime() < 0 ? null : at.toISOString();
}
