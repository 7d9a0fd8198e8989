'use client';
// The tour of the first visit, above the page; its code is loaded only where it is shown.
import { useState } from 'react';
import { endTour, tourIsWanted } from '@/lib/first-visit';
import { useBrowserValue } from '@/lib/use-browser-value';
import { loadedLater } from '../loaded-later';

const Tour = loadedLater(() => import('../tour/tour'));

export function FirstVisit() {
  const wanted = useBrowserValue(tourIsWanted, false);
  const [over, setOver] = useState(false);
  if (!wanted || over) return null;
  return (
    <Tour
      onEnd={() => {
        endTour();
        setOver(true);
      }}
    />
  );
}
