import type { Metadata } from 'next';
import { TaskPageContent } from '@/server/task-page';

export const metadata: Metadata = { title: 'All tasks' };

export default function Page() {
  return <TaskPageContent view={{ name: 'all' }} title={(text) => text.nav.all} />;
}
