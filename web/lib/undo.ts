'use client';
// What can be taken back, newest last: whatever a message offers to undo. Ctrl-Z takes back one after the other.

/** Older ones are forgotten. */
const KEPT = 20;
const undoable: (() => void)[] = [];

/** Remembers what takes something back. */
export function noteUndo(run: () => void): void {
  undoable.push(run);
  if (undoable.length > KEPT) undoable.shift();
}

/** Forgets one: it was run by its own button. */
export function forgetUndo(run: () => void): void {
  const index = undoable.indexOf(run);
  if (index >= 0) undoable.splice(index, 1);
}

/** Takes back the newest. @returns false when there is nothing */
export function undoNewest(): boolean {
  const run = undoable.pop();
  run?.();
  return run !== undefined;
}
