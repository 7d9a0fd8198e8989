'use client';
// What makes a reminder noticed while the app is open: a message with what to do about it, and the number of unread ones in
// the title, on the tab and on the app's icon.
import { useQuery } from '@tanstack/react-query';
import { useRouter } from 'next/navigation';
import { useEffect, useEffectEvent } from 'react';
import { onReminder, type FiredReminder } from '@/lib/live';
import { unreadOptions, useReminderAction } from '@/lib/notifications';
import { useText } from '@/lib/session';
import { taskPath } from '@/lib/task-address';
import { useToast } from '../ui/toast';

const PREFIX = /^\(\d+\+?\) /;
/** Larger numbers are not read at a glance. */
const MAX_SHOWN = 99;

export function ReminderNotices() {
  const { notifications: text } = useText();
  const toast = useToast();
  const router = useRouter();
  const act = useReminderAction();
  const unread = useQuery(unreadOptions).data ?? 0;

  const show = useEffectEvent(({ taskId, text: words }: FiredReminder) => {
    if (taskId === null) {
      toast({ text: words });
      return;
    }
    toast({
      text: words,
      lasting: true,
      actions: [
        {
          label: text.done,
          run: () => {
            act.mutate({ kind: 'done', taskId });
          },
        },
        {
          label: text.snooze,
          run: () => {
            act.mutate({ kind: 'snooze', taskId });
          },
        },
        {
          label: text.open,
          run: () => {
            act.mutate({ kind: 'readTask', taskId });
            router.push(taskPath(taskId));
          },
        },
      ],
    });
  });
  useEffect(
    () =>
      onReminder((reminder) => {
        show(reminder);
      }),
    [],
  );

  useEffect(() => {
    showOnIcon(unread);
    const prefix = unread === 0 ? '' : `(${unread > MAX_SHOWN ? `${MAX_SHOWN}+` : unread}) `;
    const set = () => {
      const wanted = prefix + document.title.replace(PREFIX, '');
      if (document.title !== wanted) document.title = wanted;
    };
    set();
    // A navigation writes its own title.
    const observer = new MutationObserver(set);
    observer.observe(document.head, { childList: true, subtree: true, characterData: true });
    return () => {
      observer.disconnect();
    };
  }, [unread]);
  return null;
}

/** The badge of an installed app; browsers without one, or without the permission, show none. */
function showOnIcon(unread: number): void {
  if (!('setAppBadge' in navigator)) return;
  (unread === 0 ? navigator.clearAppBadge() : navigator.setAppBadge(unread)).catch(() => undefined);
}
