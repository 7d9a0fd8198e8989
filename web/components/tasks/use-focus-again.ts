'use client';
import { useEffect, useRef } from 'react';

/**
 * Gives the keyboard back to a task once it is drawn at its new place.
 * @param still nothing is being moved
 */
export function useFocusAgain(still: boolean): (taskId: string) => void {
  const wanted = useRef<string | null>(null);
  useEffect(() => {
    if (!still || wanted.current === null) return;
    const chip = document.querySelector<HTMLElement>(
      `main li[data-task="${wanted.current}"] [data-open]`,
    );
    if (chip === null) return; // it comes with the next answer
    wanted.current = null;
    if (document.activeElement === document.body || document.activeElement === null) chip.focus();
  });
  return (taskId) => {
    wanted.current = taskId;
  };
}
