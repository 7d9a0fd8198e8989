// How much of a message an operator gets to see. By default the shape of its content: what a person wrote and what a secret
// is can't be told apart by a program. On request the content, cut, with values hidden that look like credentials.

/** Read of each payload: enough to see its shape. */
export const READ_BYTES = 64 * 1024;

/** Attributes of a CloudEvent that say what it is, not what is in it. */
const ENVELOPE = new Set([
  'id',
  'source',
  'type',
  'specversion',
  'datacontenttype',
  'time',
  'topic',
  'pubsubname',
  'traceparent',
  'traceid',
  'tracestate',
]);
const SECRET_NAME =
  /pass(word|wd|phrase)|secret|token|api[-_]?key|access[-_]?key|private[-_]?key|authorization|cookie|credential|session[-_]?id|signature/i;
/** Credentials inside a text: HTTP schemes, passwords in URLs, JSON Web Tokens, PEM keys. */
const SECRET_TEXT = [
  /\b(bearer|basic)\s+[\w.~+/=-]{8,}/gi,
  /(?<=:\/\/[^\s:/@]*:)[^\s@/]+(?=@)/g,
  /\beyJ[\w-]{5,}\.[\w-]{5,}(\.[\w-]*)?/g,
  /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(-----END [A-Z ]*PRIVATE KEY-----|$)/g,
];
const HIDDEN = '***';
/** Deeper parts and later elements are not shown. */
const MAX_DEPTH = 5;
const MAX_ELEMENTS = 20;

/** A text with credentials and control characters (a terminal would obey them) made harmless. */
export function harmless(text: string): string {
  return printable(SECRET_TEXT.reduce((left, secret) => left.replace(secret, HIDDEN), text));
}

/** Control characters, invisible formatting and lone surrogates as escapes. */
export function printable(text: string): string {
  return text.replace(
    /[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}]/gu,
    (character) => `\\u{${character.codePointAt(0)?.toString(16) ?? ''}}`,
  );
}

/** Cut to so many characters, and marked as cut. */
export function cut(text: string, characters: number): string {
  const all = Array.from(text);
  return all.length <= characters ? text : `${all.slice(0, characters).join('')}…`;
}

/** How to show a payload. */
export interface PayloadOptions {
  /** The content; otherwise its shape. */
  content: boolean;
  /** Characters. */
  shown: number;
}

/**
 * A payload in one line.
 * @param start - its first READ_BYTES
 * @param bytes - its whole length
 */
export function viewPayload(start: Buffer, bytes: number, options: PayloadOptions): string {
  const isWhole = start.length === bytes;
  const json = isWhole ? parseJson(start) : undefined;
  if (json !== undefined) {
    const seen = options.content ? withoutSecrets(json.value) : shapeOfEvent(json.value);
    return cut(printable(JSON.stringify(seen)), options.shown);
  }
  if (!options.content) return isWhole ? '<not JSON>' : '<long>';
  const text = start.toString('utf8');
  if (isWhole && text.includes('\ufffd'))
    return cut(`<binary ${start.toString('hex')}>`, options.shown);
  return cut(harmless(text), options.shown);
}

/** Metadata of a message; by default only the names of its entries. */
export function viewMetadata(text: string | null, options: PayloadOptions): string {
  const parsed = text === null ? undefined : parseJson(Buffer.from(text));
  if (!isObject(parsed?.value)) return '';
  return options.content
    ? cut(printable(JSON.stringify(withoutSecrets(parsed.value))), options.shown)
    : printable(Object.keys(parsed.value).join(' '));
}

function parseJson(data: Buffer): { value: unknown } | undefined {
  try {
    return { value: JSON.parse(data.toString('utf8')) as unknown };
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function shapeOfEvent(value: unknown): unknown {
  if (!isObject(value) || !('specversion' in value)) return shape(value, 0);
  return entries(value, ([name, inner]) =>
    ENVELOPE.has(name) && typeof inner === 'string' ? harmless(inner) : shape(inner, 1),
  );
}

/** Names and kinds: {"title":"string(12)","done":"boolean"}. */
function shape(value: unknown, depth: number): unknown {
  if (typeof value === 'string') return `string(${Array.from(value).length})`;
  if (value === null) return null;
  if (typeof value !== 'object') return typeof value;
  if (Array.isArray(value)) return [`${value.length} elements`];
  if (depth >= MAX_DEPTH) return 'object';
  return entries(value as Record<string, unknown>, ([, inner]) => shape(inner, depth + 1));
}

function withoutSecrets(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return harmless(value);
  if (typeof value !== 'object' || value === null) return value;
  if (depth >= MAX_DEPTH) return '…';
  if (Array.isArray(value))
    return value.slice(0, MAX_ELEMENTS).map((inner) => withoutSecrets(inner, depth + 1));
  return entries(value as Record<string, unknown>, ([name, inner]) =>
    SECRET_NAME.test(name) && inner !== null ? HIDDEN : withoutSecrets(inner, depth + 1),
  );
}

function entries(
  value: Record<string, unknown>,
  map: (entry: [string, unknown]) => unknown,
): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(value)
      .slice(0, MAX_ELEMENTS)
      .map((entry) => [entry[0], map(entry)]),
  );
}
