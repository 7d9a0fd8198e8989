'use client';
import { useEffect, useState } from 'react';
import { localDate } from './dates';
import { usePerson } from './session';

/**
 * Today's local date, kept right over midnight.
 * @param initial the date the server rendered with, so that both agree at first
 */
export function useToday(initial: string): string {
  const { zone } = usePerson();
  const [today, setToday] = useState(initial);
  useEffect(() => {
    const look = () => {
      setToday(localDate(new Date(), zone));
    };
    look();
    const timer = setInterval(look, 30_000);
    document.addEventListener('visibilitychange', look); // timers sleep with the computer
    return () => {
      clearInterval(timer);
      document.removeEventListener('visibilitychange', look);
    };
  }, [zone]);
  return today;
}
