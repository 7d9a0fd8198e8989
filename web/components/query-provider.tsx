'use client';
// The browser's copy of the backend's data.
import { notifyManager, QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { ApiError } from '@/lib/api-error';

/** Data is fresh until an event says otherwise; this bounds it where events can't arrive, in ms. */
const FRESH_MS = 30_000;
const MAX_RETRIES = 3;

// What is written to the copy is shown in the task that writes it, not a timer later: a click on a checkbox is seen ticked at
// once, and what is dropped stays where it was dropped.
notifyManager.setScheduler(queueMicrotask);

export function QueryProvider({ children }: { children: ReactNode }) {
  const [client] = useState(
    () =>
      new QueryClient({
        defaultOptions: {
          // Without network, what the browser keeps answers (lib/api.ts), and changes wait on the device (lib/waiting.ts):
          // TanStack Query's own pause would lose them with the page.
          mutations: { networkMode: 'always' },
          queries: {
            networkMode: 'offlineFirst',
            staleTime: FRESH_MS,
            // What the backend refused stays refused; only outages are worth another try.
            retry: (count, error) =>
              count < MAX_RETRIES &&
              !(error instanceof ApiError && error.status >= 400 && error.status < 500),
          },
        },
      }),
  );
  return <QueryClientProvider client={client}>{children}</QueryClientProvider>;
}
