// Random names that the browser gives: keys of changes and traces.

/** A new random key (UUID v4), also where the page is served over plain http. */
export function randomKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = hexOf(bytes);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/** A `traceparent` that begins here: one trace from the click to its effect. https://www.w3.org/TR/trace-context/ */
export function newTrace(): string {
  const ids = hexOf(crypto.getRandomValues(new Uint8Array(24)));
  return `00-${ids.slice(0, 32)}-${ids.slice(32)}-01`;
}

function hexOf(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
