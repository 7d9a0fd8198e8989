// Makes the app installable.
import type { MetadataRoute } from 'next';

export default function manifest(): MetadataRoute.Manifest {
  return {
    id: '/',
    name: 'Todo',
    short_name: 'Todo',
    description: 'Tasks, reminders and repeating things, in your time zone.',
    start_url: '/',
    display: 'standalone',
    background_color: '#f6f5f3',
    theme_color: '#0f6b66',
    screenshots: [
      {
        ...{ src: '/screenshot-wide.png', sizes: '1280x800', type: 'image/png' },
        ...{ form_factor: 'wide', label: 'Today, with a list of tasks' },
      },
      {
        ...{ src: '/screenshot-narrow.png', sizes: '780x1688', type: 'image/png' },
        ...{ form_factor: 'narrow', label: 'Today on a phone' },
      },
    ],
    icons: [
      { src: '/icon-192.png', sizes: '192x192', type: 'image/png' },
      { src: '/icon-512.png', sizes: '512x512', type: 'image/png' },
      { src: '/icon-maskable.png', sizes: '512x512', type: 'image/png', purpose: 'maskable' },
    ],
  };
}
