// Which version this process is, for metrics and the status page.

/** `VERSION` as an image or the local supervisor sets it: a tag or a commit; `dev` without it. */
export function version(): string {
  return process.env['VERSION'] || 'dev'; // empty: not known
}
