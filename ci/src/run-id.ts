// A name for one call of the module.

/** A name for one call, so that nothing of it is taken from a cache. */
export function runId(): string {
  return `${new Date().toISOString().replace(/\D/g, '').slice(0, 14)}-${Math.random().toString(36).slice(2, 8)}`;
}
