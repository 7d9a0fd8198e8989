// Moving a row by one place, as the row's menu and the ordered list share it.

/** One place up or down in the person's own order; null where there is none. */
export interface Moves {
  up: (() => void) | null;
  down: (() => void) | null;
}
