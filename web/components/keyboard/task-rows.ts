// The rows of tasks on the page, as the keyboard moves through them.

const ROWS = 'main li[data-task]';
const CONTROLS = 'input:not([type=hidden]), button, a[href]';

function rows(): HTMLElement[] {
  return [...document.querySelectorAll<HTMLElement>(ROWS)];
}

/** The row that has the keyboard. */
export function focusedRow(): HTMLElement | undefined {
  return document.activeElement?.closest<HTMLElement>(ROWS) ?? undefined;
}

/** The task of a row. */
export function taskIdOf(row: HTMLElement | undefined): string | undefined {
  return row?.dataset['task'];
}

/**
 * Moves the keyboard to the next row or the one before, to the same control of it; from outside to the first or last row.
 * @returns false at the end, or where there are no rows
 */
export function moveFocus(by: 1 | -1): boolean {
  const all = rows();
  const from = focusedRow();
  const index = from === undefined ? (by === 1 ? 0 : all.length - 1) : all.indexOf(from) + by;
  const to = all[index];
  if (to === undefined) return false;
  const place =
    from === undefined
      ? -1
      : [...from.querySelectorAll(CONTROLS)].indexOf(document.activeElement as Element);
  const control = place < 0 ? undefined : to.querySelectorAll<HTMLElement>(CONTROLS)[place];
  focusRow(to, control);
  return true;
}

/** Keeps the keyboard in the list when a row is about to go. */
export function leaveRow(): void {
  if (!moveFocus(1) && !moveFocus(-1))
    document.querySelector<HTMLElement>('main form input')?.focus();
}

function focusRow(row: HTMLElement, control?: HTMLElement): void {
  const target = control ?? row.querySelector<HTMLElement>('input[type=checkbox]');
  target?.focus();
  row.scrollIntoView({ block: 'nearest' });
}
