// Every text of the app that a person's own words stand in keeps their direction within bounds.
import { expect, it } from 'vitest';
import { en } from '@/text/en';
import { settings } from '@/text/en-settings';
import { transfer } from '@/text/en-transfer';
import { enAuth } from '@/text/en-auth';

const NAME = '\u202Eabc';
const ISOLATED = '\u2068\u202Eabc\u202C\u2069';
/** Parameters that carry what a person wrote. */
const OWN_WORDS = ['title', 'name', 'part', 'address', 'label'];

type Say = (...values: unknown[]) => string;

function* functionsOf(texts: object, path = ''): Generator<[path: string, say: Say]> {
  for (const [key, value] of Object.entries(texts) as [string, unknown][]) {
    if (typeof value === 'function') yield [`${path}${key}`, value as Say];
    else if (typeof value === 'object' && value !== null)
      yield* functionsOf(value, `${path}${key}.`);
  }
}

it('isolates a name, a title or any other own words in each sentence', () => {
  let found = 0;
  for (const [path, say] of functionsOf({ ...en, enAuth, transfer, settings })) {
    const parameters = /^\(?([^)=]*)\)?\s*=>/.exec(String(say))?.[1]?.split(/\s*,\s*/) ?? [];
    if (!parameters.some((parameter) => OWN_WORDS.includes(parameter))) continue;
    found += 1;
    const said = say(...parameters.map((one) => (OWN_WORDS.includes(one) ? NAME : 3)));
    expect(said, path).toContain(ISOLATED);
    expect(said.replaceAll(ISOLATED, ''), path).not.toContain('\u202E');
    const plain = say(...parameters.map((one) => (OWN_WORDS.includes(one) ? 'Milk' : 3)));
    expect(plain, path).not.toMatch(/[\u2066-\u2069]/);
  }
  expect(found).toBeGreaterThan(25);
});
