// Stopping a system ends every part, also one of a kind that has no place in the order.
import { expect, test } from 'vitest';
import { stopInOrder } from '../src/running-parts.ts';
import type { Part } from '../src/supervisor.ts';

test('every part is stopped, the data’s keeper last', async () => {
  const stopped: string[] = [];
  const names = [
    'postgres',
    'pubsub-audit',
    'audit',
    'daprd-audit',
    'web',
    'prometheus',
    'newcomer',
    'audit-2',
  ];
  const parts = names.map((name) => ({
    name,
    stop: () => Promise.resolve(void stopped.push(name)),
  })) as unknown as Part[];
  await stopInOrder(parts, false);
  expect(stopped.toSorted()).toEqual(names.toSorted());
  expect(stopped.slice(-3)).toEqual(['daprd-audit', 'pubsub-audit', 'postgres']);
});
