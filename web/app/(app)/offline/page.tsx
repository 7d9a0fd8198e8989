// The shell: what the service worker shows at any address when there is no network. It holds nothing but who is signed in; the
// tasks come from what the browser keeps. The layout above makes it in the browser (components/offline/in-browser.tsx).
import type { Metadata } from 'next';
import { OfflinePage } from '@/components/offline/offline-page';

export const metadata: Metadata = { title: { absolute: 'Todo' }, robots: { index: false } };

export default function Page() {
  return <OfflinePage />;
}
