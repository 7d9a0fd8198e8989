// A calendar program against a real backend: requests as bytes of the protocol, answers as far as tests look at them.
import { startTestBackend } from '@todo/testing/backend-under-test';
import type { TestBackend } from '@todo/testing/backend-under-test';

/** An answer. */
export interface DavReply {
  readonly status: number;
  readonly headers: Record<string, unknown>;
  readonly text: string;
}

/** A backend, and a person's program that asks it. */
export interface DavUnderTest {
  readonly t: TestBackend;
  /** Asks as a person; the token is made at the first request. */
  dav: (
    user: string,
    method: string,
    path: string,
    body?: string,
    headers?: Record<string, string>,
  ) => Promise<DavReply>;
  /** A person's collection address. */
  home: (user: string, collection?: string) => string;
  close: () => Promise<void>;
}

/** Starts one. */
export async function startDav(): Promise<DavUnderTest> {
  const t = await startTestBackend();
  const tokens = new Map<string, Promise<string>>();
  const tokenOf = async (user: string): Promise<string> =>
    (await t.ask(user, 'POST', '/tokens', { name: 'calendar' })).body.token;
  return {
    t,
    dav: async (user, method, path, body, headers = {}) => {
      const token = tokens.get(user) ?? tokenOf(user);
      tokens.set(user, token);
      const basic = Buffer.from(`${user}@example.com:${await token}`).toString('base64');
      const answer = await t.backend.app.inject({
        method: method as 'GET',
        url: path,
        headers: {
          authorization: `Basic ${basic}`,
          ...(body === undefined
            ? {}
            : {
                'content-type': body.startsWith('BEGIN:')
                  ? 'text/calendar; charset=utf-8'
                  : 'application/xml; charset=utf-8',
              }),
          ...headers,
        },
        ...(body === undefined ? {} : { payload: body }),
      });
      return { status: answer.statusCode, headers: answer.headers, text: answer.body };
    },
    home: (user, collection) =>
      `/dav/calendars/${user}/${collection === undefined ? '' : `${collection}/`}`,
    close: t.close,
  };
}

/** The hrefs of a multistatus, in order. */
export function hrefsOf({ text }: Pick<DavReply, 'text'>): string[] {
  return [...text.matchAll(/<D:response><D:href>([^<]*)</g)].map(([, href]) => href ?? '');
}

/** The content of a property in a multistatus, its first one. */
export function propertyOf({ text }: Pick<DavReply, 'text'>, name: string): string | undefined {
  return new RegExp(`<(?:\\w+:)?${name}(?:\\s[^>]*)?>([^]*?)</(?:\\w+:)?${name}>`).exec(text)?.[1];
}

/** A VTODO within its VCALENDAR, with the line ends of RFC 5545. */
export function calendar(...lines: readonly string[]): string {
  return [
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    'PRODID:-//test//EN',
    'BEGIN:VTODO',
    ...lines,
    'END:VTODO',
    'END:VCALENDAR',
    '',
  ].join('\r\n');
}

/** A request's body: an element with the namespaces that programs use. */
export function xml(name: string, content: string): string {
  return `<?xml version="1.0" encoding="UTF-8"?><${name} xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav" xmlns:CS="http://calendarserver.org/ns/" xmlns:A="http://apple.com/ns/ical/">${content}</${name}>`;
}
