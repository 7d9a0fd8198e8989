import type { Metadata } from 'next';
import { TaskPageContent } from '@/server/task-page';

export const metadata: Metadata = { title: 'Today' };

export default function Page() {
  return <TaskPageContent view={{ name: 'today' }} title={(text) => text.nav.today} />;
}
