'use client';
// Keeps what is shown true: every change, whoever made it, arrives here and refreshes the queries.
import { useQueryClient, type QueryClient } from '@tanstack/react-query';
import { createContext, useContext, useEffect, useState, type ReactNode } from 'react';
import { joinLive, type LiveEvent, type LiveStatus } from './live-connection';
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
    const leave = joinLive(id, {
      onStatus: setStatus,
      onGap: refresh,
      onSignedOut: () => {
        window.location.assign('/sign-in');
      },
      onEvent: (event) => {
        apply(client, event);
        refresh();
      },
    });
    return () => {
      clearTimeout(timer);
      leave();
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
  if (data.task) noteLatency(data.task.updatedAt);
  if (client.isMutating({ mutationKey: taskKeys.all }) > 0) return; // it refreshes when it is done
  if (data.task) putTask(client, data.task);
  else if (data.task === null && data.taskId) removeTask(client, data.taskId);
}

function invalidate(client: QueryClient): void {
  if (client.isMutating({ mutationKey: taskKeys.all }) === 0) {
    void client.invalidateQueries({ queryKey: taskKeys.all });
  }
  void client.invalidateQueries({ queryKey: ['notifications'] });
  void client.invalidateQueries({ queryKey: ['history'] });
}
