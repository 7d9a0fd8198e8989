'use client';
// Keeps what is shown true: every change, whoever made it, arrives here and refreshes the queries.
import { useQueryClient, type QueryClient } from '@tanstack/react-query';
import { createContext, useContext, useEffect, useState, type ReactNode } from 'react';
import type { LiveEvent, LiveStatus } from './live-connection';
import { ifKept, signInAgain } from './api';
import { noteLatency } from './latency';
import { usePerson } from './session';
import { taskKeys } from './task-query';
import { putTask, removeTask } from './tasks';
import type { Task } from '@todo/contracts/task';

const LiveContext = createContext<LiveStatus>('connecting');

/** Whether changes made elsewhere arrive right now. */
export function useLiveStatus(): LiveStatus {
  return useContext(LiveContext);
}

/** A reminder, or another notification, that came just now. */
export interface FiredReminder {
  taskId: string | null;
  text: string;
}

const reminderListeners = new Set<(reminder: FiredReminder) => void>();

/** Calls `listener` for each notification that comes while the page is open. @returns stops it */
export function onReminder(listener: (reminder: FiredReminder) => void): () => void {
  reminderListeners.add(listener);
  return () => {
    reminderListeners.delete(listener);
  };
}

/** A notification this old when its event comes is not news any more, in ms: the page was away, and the badge says it. */
const NEWS_MS = 120_000;

function announce(event: LiveEvent): void {
  if (event.type !== 'notification') return;
  try {
    const {
      taskId = null,
      text,
      at = '',
    } = JSON.parse(event.data) as Partial<FiredReminder> & {
      at?: string;
    };
    if (text === undefined || Date.now() - Date.parse(at) > NEWS_MS) return;
    for (const listener of reminderListeners) listener({ taskId, text });
  } catch {
    // an event of a newer backend
  }
}

/** Several events of one change (done, next occurrence) are one refresh, in ms. */
const GATHER_MS = 60;

export function LiveProvider({ children }: { children: ReactNode }) {
  const client = useQueryClient();
  const { id } = usePerson();
  const [status, setStatus] = useState<LiveStatus>('connecting');

  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const refresh = () => {
      timer ??= setTimeout(() => {
        timer = undefined;
        invalidate(client);
      }, GATHER_MS);
    };
    const leaving = new AbortController();
    const { signal } = leaving;
    const join = () => {
      // After the first load: nothing is shown by it.
      import('./live-connection').then(
        ({ joinLive }) => {
          if (signal.aborted) return;
          const leave = joinLive(id, {
            onStatus: setStatus,
            onGap: () => {
              ifKept((kept) => {
                kept.noteGap();
              });
              refresh();
            },
            onSignedOut: signInAgain,
            onEvent: (event) => {
              apply(client, event);
              announce(event);
              refresh();
            },
          });
          signal.addEventListener('abort', leave);
        },
        () => {
          if (signal.aborted) return;
          setStatus('lost');
          window.addEventListener('online', join, { once: true, signal });
        },
      );
    };
    join();
    return () => {
      clearTimeout(timer);
      leaving.abort();
    };
  }, [client, id]);

  return <LiveContext value={status}>{children}</LiveContext>;
}

/** What the event says at once; the refresh that follows has the last word. */
function apply(client: QueryClient, event: LiveEvent): void {
  let data: { taskId?: string; task?: Task | null };
  try {
    data = JSON.parse(event.data) as typeof data;
  } catch {
    return;
  }
  const { taskId, task } = data;
  if (task) noteLatency(task.updatedAt);
  if (task !== undefined && taskId !== undefined)
    ifKept((kept) => {
      kept.noteTask(taskId, task);
    });
  if (client.isMutating({ mutationKey: taskKeys.all }) > 0) return; // it refreshes when it is done
  if (task) putTask(client, task);
  else if (task === null && taskId) removeTask(client, taskId);
}

function invalidate(client: QueryClient): void {
  if (client.isMutating({ mutationKey: taskKeys.all }) === 0) {
    void client.invalidateQueries({ queryKey: taskKeys.all });
  }
  void client.invalidateQueries({ queryKey: ['notifications'] });
  void client.invalidateQueries({ queryKey: ['history'] });
}
