'use client';
import { useReportWebVitals } from 'next/web-vitals';
import { useEffect } from 'react';

interface Report {
  readonly name: string;
  readonly value: number;
}

const measured = new Map<string, number>();
const reported = new Set<string>();

/** Must stay the same function: another one would measure everything again. */
function note({ name, value }: Report): void {
  if (!reported.has(name)) measured.set(name, value);
}

function send(): void {
  if (document.visibilityState !== 'hidden' || measured.size === 0) return;
  const vitals = [...measured].map(([name, value]) => ({ name, value }));
  navigator.sendBeacon('/api/vitals', JSON.stringify({ vitals }));
  for (const name of measured.keys()) reported.add(name);
  measured.clear();
}

export default function VitalsReporter() {
  useReportWebVitals(note);
  useEffect(() => {
    // after the library's own listener, which reports what is final now
    document.addEventListener('visibilitychange', send);
    return () => {
      document.removeEventListener('visibilitychange', send);
    };
  }, []);
  return null;
}
