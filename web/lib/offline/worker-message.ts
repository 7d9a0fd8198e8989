// What a page says to the service worker.

/**
 * Keep the shell of the signed-in person, or forget whose there is; or whether the page is of the worker's own build, by the
 * paths of its scripts. That is answered on the message's port: true or false.
 */
export type WorkerMessage =
  { kind: 'keep-shell' | 'drop-shell' } | { kind: 'is-of-build'; scripts: string[] };
