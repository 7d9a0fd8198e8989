'use client';
// Measures this page as a person feels it and reports once, when it is left. Only where the server collects metrics
// (app/layout.tsx), and loaded after everything that the page needs.
import { useEffect, useState, type ComponentType } from 'react';

export function Vitals() {
  const [Reporter, setReporter] = useState<ComponentType>();
  useEffect(() => {
    import('./vitals-reporter').then(
      (loaded) => {
        setReporter(() => loaded.default);
      },
      () => undefined, // then this page is not measured
    );
  }, []);
  return Reporter === undefined ? null : <Reporter />;
}
