// The time zone rules of the runtime are known, and new enough.
import { expect, it } from 'vitest';
import { isAtLeast, OLDEST_ZONE_DATA, zoneDataRelease } from '../src/zone-data.ts';

it('knows its release, and compares releases by year and letter', () => {
  expect(zoneDataRelease()).toMatch(/^\d{4}[a-z]+$/);
  expect(isAtLeast(zoneDataRelease(), OLDEST_ZONE_DATA)).toBe(true);
  expect(isAtLeast('2026d', '2026c')).toBe(true);
  expect(isAtLeast('2027a', '2026f')).toBe(true);
  expect(isAtLeast('2026b', '2026c')).toBe(false);
  expect(isAtLeast('2025z', '2026a')).toBe(false);
  expect(isAtLeast('unknown', '2026a')).toBe(false);
});
