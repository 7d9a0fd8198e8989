// What a page says to the service worker.

/** Keep the shell of the signed-in person, or forget whose there is. */
export interface WorkerMessage {
  kind: 'keep-shell' | 'drop-shell';
}
