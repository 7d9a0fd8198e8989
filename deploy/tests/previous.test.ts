// Which revision a person means who asks for the release before.
import { describe, expect, test } from 'vitest';
import { previousGood } from '../src/steps/previous.ts';

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
