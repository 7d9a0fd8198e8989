// A leak on purpose, to see that the soak finds it: keeps memory and open files, as much every time. Loaded into a service before its
// own code (`npm run bench:soak -- --leak`), or run alone by a test.
import { openSync } from 'node:fs';

const bytes = Number(process.env['SOAK_LEAK_BYTES'] ?? 256 * 1024);
const everyMs = Number(process.env['SOAK_LEAK_EVERY_MS'] ?? 1_000);
const kept: unknown[] = [];

setInterval(() => {
  // On the JavaScript heap, and touched, so that it is resident.
  kept.push(Array.from({ length: bytes / 8 }, (_, index) => index + 0.5));
  kept.push(openSync('/dev/null', 'r'));
}, everyMs);
