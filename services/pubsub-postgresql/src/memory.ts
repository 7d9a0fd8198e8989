// Keeps the process small: it stands beside every pod, with a limit of 64 MiB.
//
// By default V8 lets garbage of short life pile up to 48 MiB, the C library keeps an arena for each thread and does not
// give large blocks back. All this is decided before the first line of code runs, so the process replaces itself once, by
// execve(2), with one that has the right flags: same process id, same arguments.
//
// Large payloads live outside V8's heap, where it counts them late: 32 MiB of garbage is nothing to it. So after so many
// bytes of them it is asked to collect. Small ones come with enough garbage of its own.

/** Measured with 1 KB and 1 MB messages (docs/benchmarks/2026-11-component.md): more does not make it faster. */
const FLAGS = ['--max-semi-space-size=1', '--max-old-space-size=40', '--expose-gc'];
const MALLOC = {
  MALLOC_ARENA_MAX: '1',
  MALLOC_MMAP_THRESHOLD_: String(128 * 1024),
  MALLOC_TRIM_THRESHOLD_: String(128 * 1024),
};
const LARGE_BYTES = 32 * 1024;
const MINOR_AFTER_BYTES = 4 * 1024 * 1024;
const MAJOR_AFTER_BYTES = 8 * 1024 * 1024;

/** Starts anew with bounded memory; returns when that is so, was chosen otherwise, or cannot be done here. */
export function boundMemory(): void {
  const chosen = [...process.execArgv, process.env['NODE_OPTIONS'] ?? ''].join(' ');
  if (/--max-(semi|old)-space-size/.test(chosen)) return;
  if (process.platform !== 'linux' || typeof process.execve !== 'function') return;
  process.execve(
    process.execPath,
    [process.execPath, ...FLAGS, ...process.execArgv, ...process.argv.slice(1)],
    { ...MALLOC, ...process.env },
  );
}

let sinceMinor = 0;
let sinceMajor = 0;

/**
 * A payload went through: collects when it was much. Does nothing unless `boundMemory` started this process.
 * @param copies - how much garbage it left, in multiples of its size
 */
export function payloadPassed(bytes: number, copies: number): void {
  const collect = globalThis.gc;
  if (!collect || bytes < LARGE_BYTES) return;
  sinceMinor += bytes * copies;
  sinceMajor += bytes * copies;
  if (sinceMajor >= MAJOR_AFTER_BYTES) {
    sinceMajor = 0;
    sinceMinor = 0;
    collect();
  } else if (sinceMinor >= MINOR_AFTER_BYTES) {
    sinceMinor = 0;
    collect({ type: 'minor' });
  }
}
