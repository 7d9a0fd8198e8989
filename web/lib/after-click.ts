// What is hidden when a field loses the focus moves the page under the pointer: the button of a mouse goes down on one thing and
// up on another, and no click comes of it. So such a change waits until the click is over.

let isDown = false;
const waiting = new Set<() => void>();

function over(): void {
  // The click comes right after the button went up.
  setTimeout(() => {
    isDown = false;
    for (const run of waiting) run();
    waiting.clear();
  });
}

if (typeof document !== 'undefined') {
  document.addEventListener(
    'mousedown',
    () => {
      isDown = true;
    },
    true,
  );
  for (const end of ['mouseup', 'dragend', 'pointercancel'])
    document.addEventListener(end, over, true);
}

/** Runs something now, or once the click that is under way is over. @returns cancels it */
export function afterClick(run: () => void): () => void {
  if (!isDown) {
    run();
    return () => undefined;
  }
  waiting.add(run);
  return () => {
    waiting.delete(run);
  };
}
