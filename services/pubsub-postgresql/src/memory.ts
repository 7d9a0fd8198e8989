// Keeps the process small: it stands beside every pod. By default V8 lets garbage of short life pile up to 48 MiB, and
// the C library keeps an arena for each thread. Both are decided before the first line of code runs, so the process
// replaces itself once, by execve(2), with one that has the right flags: same process id, same arguments.

/** Measured with 1 KB and 1 MB messages (docs/pubsub-postgresql.md): more does not make it faster. */
const FLAGS = ['--max-semi-space-size=1', '--max-old-space-size=40'];

/** Starts anew with bounded memory; returns when that is so, was chosen otherwise, or cannot be done here. */
export function boundMemory(): void {
  const chosen = [...process.execArgv, process.env['NODE_OPTIONS'] ?? ''].join(' ');
  if (/--max-(semi|old)-space-size/.test(chosen)) return;
  if (process.platform !== 'linux' || typeof process.execve !== 'function') return;
  process.execve(
    process.execPath,
    [process.execPath, ...FLAGS, ...process.execArgv, ...process.argv.slice(1)],
    { MALLOC_ARENA_MAX: '1', ...process.env },
  );
}
