// Which revision a person means who asks for the release before.
import { describe, expect, test } from 'vitest';
import { noWayBack, previousGood } from '../src/steps/previous.ts';
import { nothingBefore } from '../src/steps/roll-back.ts';

const revision = (number: number, status: string, description = 'Upgrade complete') => ({
  ...{ revision: number, status, description },
  updated: '2026-11-25T10:00:00Z',
});

describe('the release before', () => {
  test('is the revision before, where all went well', () => {
    const revisions = [
      revision(1, 'superseded'),
      revision(2, 'superseded'),
      revision(3, 'deployed'),
    ];
    expect(previousGood(revisions)?.revision).toBe(2);
  });
  test('is not one that failed and was rolled back', () => {
    const revisions = [
      revision(1, 'superseded'),
      revision(2, 'superseded'),
      revision(3, 'failed'),
      revision(4, 'deployed', 'Rollback to 2'),
    ];
    expect(previousGood(revisions)?.revision).toBe(1);
  });
  test('asked for twice, goes back twice', () => {
    const revisions = [
      revision(1, 'superseded'),
      revision(2, 'superseded'),
      revision(3, 'superseded'),
      revision(4, 'superseded', 'Rollback to 2'),
      revision(5, 'deployed', 'Rollback to 4'),
    ];
    expect(previousGood(revisions)?.revision).toBe(1);
  });
  test('is none after the first release, and none where nothing runs', () => {
    expect(previousGood([revision(1, 'deployed')])).toBeUndefined();
    expect(previousGood([revision(1, 'failed')])).toBeUndefined();
    expect(previousGood([])).toBeUndefined();
  });
});

describe('what is said where there is no way back', () => {
  const twice = (release: string) => ({
    release,
    revisions: [revision(1, 'superseded'), revision(2, 'deployed')],
  });
  const once = (release: string) => ({ release, revisions: [revision(1, 'deployed')] });
  const failed = (release: string) => ({ release, revisions: [revision(1, 'failed')] });
  const absent = (release: string) => ({ release, revisions: [] });

  test('nothing, where each has one before; a chart that was left out does not count', () => {
    expect(noWayBack('todo', [twice('todo-backend'), absent('audit-service')], [])).toBeUndefined();
  });
  test('a namespace without a release', () => {
    expect(noWayBack('team', [absent('todo-backend'), absent('audit-service')], [])).toBe(
      'nothing of this system is deployed in namespace team',
    );
  });
  test('a chart that is not deployed, beside others that are', () => {
    expect(noWayBack('team', [absent('audit-service')], ['todo-backend'])).toBe(
      'audit-service is not deployed in namespace team; there are todo-backend',
    );
  });
  test('a first release', () => {
    expect(noWayBack('team', [once('todo-backend'), once('todo-frontend')], [])).toMatch(
      /^what runs is the first release of todo-backend, todo-frontend\nSo .* npm run undeploy removes/,
    );
  });
  test('one that never ran is not called running', () => {
    const said = noWayBack('team', [failed('todo-backend')], []);
    expect(said).toMatch(/^no release of todo-backend has run well yet\n.*Deploy again/);
    expect(said).not.toMatch(/what runs/);
  });
  test('a new chart beside others: those that can go back are named', () => {
    expect(
      noWayBack('team', [twice('todo-backend'), once('audit-service'), twice('todo-frontend')], []),
    ).toMatch(/first release of audit-service\n.*--chart todo-backend --chart todo-frontend$/);
  });
});

test('a first deploy is one before which no release ran', () => {
  expect(nothingBefore({ a: null, b: null })).toBe(true);
  expect(nothingBefore({ a: null, b: 3 })).toBe(false);
  expect(nothingBefore({})).toBe(false);
});
