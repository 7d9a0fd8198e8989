// The reference of who may do what says what the table of rules says: action by action, caller by caller.
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { ACTIONS, mayDo, RELATIONS, SCOPES } from '../src/authorization/rules.ts';

const page = readFileSync(
  new URL('../../../docs/reference/authorization.md', import.meta.url),
  'utf8',
);

it('the page lists every action with those who may', () => {
  const table = page.slice(
    page.indexOf('<!-- actions -->'),
    page.indexOf('<!-- end of actions -->'),
  );
  const rows = [...table.matchAll(/^\| `([\w.]+)` +\| (.*?) +\|$/gm)].map(([, action, who]) => ({
    action,
    who: [...(who ?? '').matchAll(/`([^`]+)`/g)].map(([, one]) => one),
  }));
  expect(rows).toEqual(
    ACTIONS.map((action) => ({
      action,
      who: RELATIONS.filter((relation) => mayDo([relation], action)),
    })),
  );
});

it('the page explains every scope and every kind of caller', () => {
  for (const scope of SCOPES) expect(page).toMatch(new RegExp(`^\\| \`${scope}\` `, 'm'));
  for (const relation of RELATIONS) {
    const kind = relation.replace(/:.*/, relation.startsWith('app:') ? ':<id>' : ':<scope>');
    expect(page).toMatch(new RegExp(`^\\| \`${kind}\` `, 'm'));
  }
});
