// The words that made-up requests are put together from.

/** Texts that people and programs send by mistake, among right ones. */
export const TEXTS = [
  '',
  ' ',
  'Water the plants',
  'a\u0000b',
  '\ud83d',
  'ü'.repeat(600),
  '👩‍👩‍👧‍👦',
  '\u202eevil',
  '../../etc/passwd',
  "'; DROP TABLE x; --",
  '%00',
  '%',
  '{{7*7}}',
  '__proto__',
  'null',
  '\r\nSet-Cookie: a=b',
  '2027-02-30',
  '2027-01-31',
  '2027-01-31T09:00',
  '2027-01-31T09:00:00Z',
  '+275760-09-13T00:00:00Z',
  '0000-00-00',
  '9999-12-31T23:59:59Z',
  '-271821-04-20',
  'Europe/Berlin',
  'Mars/Base',
  'PT1H',
  'P99999999Y',
  '-PT0S',
  'FREQ=DAILY',
  'FREQ=SECONDLY;INTERVAL=0',
  'FREQ=MONTHLY;BYMONTHDAY=31;COUNT=1e9',
  'every 2 weeks on tuesday',
  'done',
  'open',
  'high',
  'x'.repeat(20_000),
];

/** Numbers at the edges. */
export const NUMBERS = [0, -1, 1, 1.5, 50, 1e9, 2 ** 31, 2 ** 53, -(2 ** 63), 1e308, 5e-324];

/** HTTP methods. */
export const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS'];

/** Content types, most of them wrong. */
export const TYPES = [
  'application/json',
  'application/json; charset=latin1',
  'text/plain',
  'text/csv',
  'text/calendar',
  'application/xml',
  'application/x-www-form-urlencoded',
  'multipart/form-data; boundary=x',
  'a',
  '/',
  'application/json;;;',
];

/** Methods of the Model Context Protocol, and none. */
export const MCP_METHODS = [
  'initialize',
  'tools/list',
  'tools/call',
  'ping',
  'resources/list',
  'prompts/get',
  'server/discover',
  'notifications/cancelled',
  '',
];

/** Bodies that no schema made. */
export const RAW_BODIES: readonly (string | Buffer)[] = [
  '',
  '{',
  '[]',
  'null',
  '"text"',
  '0',
  '[[[[',
  `${'['.repeat(5_000)}${']'.repeat(5_000)}`,
  '{"a":1,"a":2}',
  '{"__proto__":{"x":1}}',
  '{"constructor":{"prototype":{}}}',
  Buffer.from([0xff, 0xfe, 0x00]),
  Buffer.from([0x7b, 0x22, 0xc3, 0x28, 0x22, 0x3a, 0x31, 0x7d]),
  '\ufeff{}',
  'title\n=1+1\n',
  'BEGIN:VCALENDAR\r\nBEGIN:VTODO\r\nSUMMARY:x\r\nEND:VTODO\r\n',
  '{"title":1e999}',
];
