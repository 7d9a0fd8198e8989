// Whether the tour of the first visit is wanted on this device: from the sign-up until it is over or skipped, and never again.

const NAME = 'todo-tour';

/** Whether the tour is to be shown. */
export function tourIsWanted(): boolean {
  try {
    return localStorage.getItem(NAME) === 'wanted';
  } catch {
    return false;
  }
}

/** Notes that somebody signs up here; one who has seen or skipped the tour on this device is not shown it again. */
export function wantTour(): void {
  try {
    if (localStorage.getItem(NAME) === null) localStorage.setItem(NAME, 'wanted');
  } catch {
    // storage is refused: no tour
  }
}

/** Notes that the tour is over. */
export function endTour(): void {
  try {
    localStorage.setItem(NAME, 'over');
  } catch {
    // storage is refused: it was not wanted either
  }
}
