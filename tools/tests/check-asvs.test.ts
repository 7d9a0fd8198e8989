// The table of the ASVS as it is, and with each of the faults that the check is for.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { asvsFaults } from '../check-asvs.ts';

const TABLE = readFileSync(join(import.meta.dirname, '../../docs/reference/asvs.md'), 'utf8');
const row = (id: string) => new RegExp(`^\\| ${id.replaceAll('.', '\\.')} .*\\n`, 'm');
const messages = (markdown: string) => asvsFaults(markdown).map(({ message }) => message);

test('the table is whole', () => {
  expect(asvsFaults(TABLE)).toEqual([]);
});

test.each([
  ['a row is missing', TABLE.replace(row('V8.2.2'), ''), /V8\.2: 2 rows, ASVS has 3/],
  ['a row is twice', TABLE.replace(row('V8.2.2'), '$&$&'), /V8\.2\.2 is twice/],
  [
    'a state that is none',
    TABLE.replace(/^(\| V1\.1\.1 .*\| )met /m, '$1yes '),
    /state yes: expected met/,
  ],
  [
    'neither a test nor a reason',
    TABLE.replace(/^(\| V1\.1\.1 .*\| met +\|).*\|$/m, '$1 |'),
    /V1\.1\.1: neither/,
  ],
  [
    'a sum that is wrong',
    TABLE.replace(/^(\| V1\.1\.1 .*\| )met /m, '$1partly '),
    /the sum above the table/,
  ],
])('%s', (_name, markdown, message) => {
  expect(markdown).not.toBe(TABLE);
  expect(messages(markdown).join('\n')).toMatch(message);
});
