// Which header lists make a request (RFC 9113, section 8.2 and 8.3), and what a request says.
import type { Header } from './hpack.ts';

const PSEUDO = new Set([':method', ':scheme', ':path', ':authority']);
/** Headers of one connection have no place in HTTP/2. */
const OF_THE_CONNECTION = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'transfer-encoding',
  'upgrade',
]);

/** What a request's headers say. */
export interface RequestHeaders {
  method: string;
  path: string;
  /** The first value of a header, its name in lower case. */
  get: (name: string) => string | undefined;
}

/** @returns undefined for a malformed request: a stream error of type PROTOCOL_ERROR */
export function requestOf(headers: Header[]): RequestHeaders | undefined {
  const pseudo = new Map<string, string>();
  let regular = false;
  for (const [name, value] of headers) {
    if (name.startsWith(':')) {
      if (regular || !PSEUDO.has(name) || pseudo.has(name)) return undefined;
      pseudo.set(name, value);
    } else {
      regular = true;
      if (!isRegular(name, value)) return undefined;
    }
  }
  const method = pseudo.get(':method');
  const path = pseudo.get(':path');
  if (method === undefined || !path || !pseudo.get(':scheme')) return undefined;
  return {
    method,
    path,
    get: (name) => headers.find(([own]) => own === name)?.[1],
  };
}

/** Whether these may follow a request's body. */
export function areTrailers(headers: Header[]): boolean {
  return headers.every(([name, value]) => !name.startsWith(':') && isRegular(name, value));
}

function isRegular(name: string, value: string): boolean {
  if (name === '' || /[A-Z]/.test(name) || OF_THE_CONNECTION.has(name)) return false;
  return name !== 'te' || value === 'trailers';
}
