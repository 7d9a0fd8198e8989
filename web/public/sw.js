// Shows push messages. It caches nothing: what the page shows always comes from the server.
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
    url = '/',
  } = message;
  event.waitUntil(
    self.registration.showNotification(title, {
      body,
      ...(tag === undefined ? {} : { tag }),
      icon: '/icon-192.png',
      data: { url },
    }),
  );
});

self.addEventListener('notificationclick', (event) => {
  event.notification.close();
  const url = new URL(event.notification.data?.url ?? '/', self.location.origin);
  if (url.origin !== self.location.origin) return;
  event.waitUntil(
    self.clients.matchAll({ type: 'window' }).then(async (windows) => {
      const open = windows[0];
      if (open === undefined) return self.clients.openWindow(url.href);
      await open.focus();
      return open.navigate(url.href);
    }),
  );
});
