// Shows push messages, and does what their buttons say. It caches nothing: what the page shows always comes from the server.
const SNOOZE_MINUTES = 10;
/** What the buttons say, by the browser's language: a worker does not know the person's. */
const WORDS = {
  en: { done: 'Done', snooze: `Snooze ${SNOOZE_MINUTES} min` },
  de: { done: 'Erledigt', snooze: `In ${SNOOZE_MINUTES} min erinnern` },
  he: { done: 'בוצע', snooze: `תזכורת בעוד ${SNOOZE_MINUTES} דקות` },
};
const words = WORDS[self.navigator.language.split('-')[0]] ?? WORDS.en;

self.addEventListener('push', (event) => {
  let message = {};
  try {
    message = event.data?.json() ?? {};
  } catch {
    message = { body: event.data?.text() ?? '' };
  }
  const {
    title = 'Todo',
    body = message.text ?? '',
    tag = message.notificationId,
    taskId = null,
  } = message;
  const url = message.url ?? (taskId === null ? '/' : `/tasks/${taskId}`);
  event.waitUntil(
    self.registration.showNotification(title, {
      body,
      ...(tag === undefined ? {} : { tag }),
      icon: '/icon-192.png',
      ...(taskId === null
        ? {}
        : {
            actions: [
              { action: 'done', title: words.done },
              { action: 'snooze', title: words.snooze },
            ],
          }),
      data: { url, taskId },
    }),
  );
});

self.addEventListener('notificationclick', (event) => {
  event.notification.close();
  const { url = '/', taskId = null } = event.notification.data ?? {};
  if (taskId !== null && (event.action === 'done' || event.action === 'snooze')) {
    // Where that is refused (signed out, offline), the task opens: the person sees that nothing was done.
    event.waitUntil(act(event.action, taskId).catch(() => open(url)));
    return;
  }
  event.waitUntil(open(url));
});

async function act(action, taskId) {
  const post = async (path, body) => {
    const response = await fetch(`/api/v1${path}`, {
      method: 'POST',
      credentials: 'same-origin',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    if (!response.ok) throw new Error(`${path}: ${response.status}`);
  };
  const path = `/tasks/${encodeURIComponent(taskId)}`;
  if (action === 'done') await post(`${path}/complete`, {});
  else await post(`${path}/snooze`, { minutes: SNOOZE_MINUTES });
  await post('/notifications/read', { taskId });
}

async function open(address) {
  const url = new URL(address, self.location.origin);
  if (url.origin !== self.location.origin) return;
  const [window] = await self.clients.matchAll({ type: 'window' });
  if (window === undefined) {
    await self.clients.openWindow(url.href);
    return;
  }
  await window.focus();
  await window.navigate(url.href);
}
