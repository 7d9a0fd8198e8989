'use client';
// Keeps the page usable without network: registers the service worker, keeps a copy of the open tasks, and sends what waits as
// soon as somebody answers.
import { useQueryClient } from '@tanstack/react-query';
import type { Task } from '@todo/contracts/task';
import { useEffect, useEffectEvent, useRef } from 'react';
import { call, loadKept, queryString } from '@/lib/api';
import { useLiveStatus } from '@/lib/live';
import { sendWaiting } from '@/lib/offline/send-waiting';
import type { WorkerMessage } from '@/lib/offline/worker-message';
import { usePerson } from '@/lib/session';
import { taskKeys, type TaskPage } from '@/lib/task-query';
import { recoverWaiting, useWaiting } from '@/lib/waiting';
import { offlineTextFor } from '@/text/offline';
import { useToast } from '../ui/toast';

/** A copy older than this is read again when a page is loaded, in ms; what happens meanwhile arrives as events. */
const COPY_FRESH_MS = 600_000;
/** Tasks of one request for the copy: the backend's limit. */
const COPY_PAGE = 200;
/** Requests for one copy: 5,000 tasks. */
const COPY_PAGES = 25;
/** Between two attempts to send what waits, in ms; doubled up to the longest. */
const MIN_PAUSE_MS = 5_000;
const MAX_PAUSE_MS = 60_000;

export default function OfflinePart() {
  const person = usePerson();
  const client = useQueryClient();
  const toast = useToast();
  const status = useLiveStatus();
  const text = offlineTextFor(person.locale);
  const waits = useWaiting(person.id).filter(({ state }) => state === 'waiting').length;
  const pause = useRef(MIN_PAUSE_MS);
  const sending = useRef(false);

  const offerReload = useEffectEvent(() => {
    toast({
      lasting: true,
      text: text.newVersion,
      action: {
        label: text.reload,
        run: () => {
          window.location.reload();
        },
      },
    });
  });
  useEffect(() => {
    recoverWaiting(person.id);
    void loadKept().then((kept) => kept?.beginKeeping(person));
    const left = new AbortController();
    // A browser without service workers works with a network only.
    keepShell(left.signal, () => {
      offerReload();
    }).catch(() => undefined);
    return () => {
      left.abort();
    };
  }, [person]);
  const lost = useRef(false);
  useEffect(() => {
    // Again when events were missed.
    if (status !== 'lost') keepCopy(person).catch(() => undefined); // no answer: the copy of before stays
    // A server that comes back may be a newer one.
    if (status === 'open' && lost.current) lookForNewVersion().catch(() => undefined);
    lost.current = status === 'lost';
  }, [person, status]);

  const flush = useEffectEvent(async () => {
    if (sending.current) return;
    sending.current = true;
    try {
      const { sent, stopped } = await sendWaiting(person);
      pause.current = stopped ? Math.min(MAX_PAUSE_MS, pause.current * 2) : MIN_PAUSE_MS;
      if (sent === 0) return;
      toast({ text: text.sent(sent) });
      await client.invalidateQueries({ queryKey: taskKeys.all });
    } finally {
      sending.current = false;
    }
  });
  useEffect(() => {
    if (waits === 0) return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let left = false;
    const again = () => {
      clearTimeout(timer);
      void flush().finally(() => {
        if (!left) timer = setTimeout(again, pause.current);
      });
    };
    // Where the browser knows that it is offline, it says when that ends.
    if (navigator.onLine) again();
    window.addEventListener('online', again);
    return () => {
      left = true;
      clearTimeout(timer);
      window.removeEventListener('online', again);
    };
  }, [waits, status]);
  return null;
}

/** Registers the worker and has it keep the shell. @param onReplaced a newer version than this page's took over */
async function keepShell(signal: AbortSignal, onReplaced: () => void): Promise<void> {
  if (!('serviceWorker' in navigator)) return;
  const { serviceWorker } = navigator;
  await serviceWorker.register('/sw.js');
  const { active } = await serviceWorker.ready;
  if (signal.aborted) return;
  active?.postMessage({ kind: 'keep-shell' } satisfies WorkerMessage);
  // A worker that replaces this one begins without a shell.
  serviceWorker.addEventListener(
    'controllerchange',
    () => {
      const worker = serviceWorker.controller;
      worker?.postMessage({ kind: 'keep-shell' } satisfies WorkerMessage);
      if (worker !== null)
        void isOfBuild(worker, signal).then((same) => {
          if (!same) onReplaced();
        });
    },
    { signal },
  );
}

async function lookForNewVersion(): Promise<void> {
  if (!('serviceWorker' in navigator)) return;
  await (await navigator.serviceWorker.getRegistration())?.update();
}

/** Whether this page is of the worker's build; never answers for a worker that does not know the question. */
async function isOfBuild(worker: ServiceWorker, signal: AbortSignal): Promise<boolean> {
  const { port1, port2 } = new MessageChannel();
  const scripts = [...document.querySelectorAll<HTMLScriptElement>('script[src]')]
    .map(({ src }) => new URL(src).pathname)
    .filter((path) => path.startsWith('/_next/static/'));
  const message: WorkerMessage = { kind: 'is-of-build', scripts };
  return await new Promise<boolean>((resolve) => {
    port1.addEventListener(
      'message',
      ({ data }) => {
        resolve(data === true);
      },
      { once: true, signal },
    );
    port1.start();
    worker.postMessage(message, [port2]);
  });
}

/** Brings the copy of the open tasks and lists up to date. */
async function keepCopy(person: { id: string; zone: string }): Promise<void> {
  const kept = await loadKept();
  if (kept === undefined) return;
  const wholeAt = await kept.beginKeeping(person);
  if (!navigator.onLine) return;
  kept.note('/lists', await call('/lists', { method: 'GET' }));
  if (Date.now() - wholeAt < COPY_FRESH_MS) return;
  const open: Task[] = [];
  let cursor: string | null = null;
  for (let page = 0; page < COPY_PAGES; page += 1) {
    const query = queryString({ status: 'open', limit: COPY_PAGE, cursor });
    const answer: TaskPage = await call<TaskPage>(`/tasks${query}`, { method: 'GET' });
    open.push(...answer.items);
    cursor = answer.nextCursor;
    if (cursor === null) break;
  }
  kept.noteWhole(open);
}
