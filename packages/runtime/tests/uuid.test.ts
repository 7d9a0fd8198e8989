import { expect, it } from 'vitest';
import { uuidv7 } from '../src/uuid.ts';

it('carries its time and sorts by it', () => {
  const early = uuidv7(1_000);
  const late = uuidv7(2_000);
  expect(early).toMatch(/^00000000-03e8-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(early < late).toBe(true);
  expect(new Set(Array.from({ length: 1_000 }, () => uuidv7(5))).size).toBe(1_000);
});
