'use client';
// Measures this page as a person feels it and reports once, when it is left. Only where the server collects metrics
// (app/layout.tsx), and loaded after everything that the page needs.
import dynamic from 'next/dynamic';

const Reporter = dynamic(() => import('./vitals-reporter'), { ssr: false });

export function Vitals() {
  return <Reporter />;
}
