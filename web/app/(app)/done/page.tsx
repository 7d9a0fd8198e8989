import type { Metadata } from 'next';
import { TaskPageContent } from '@/server/task-page';

export const metadata: Metadata = { title: 'Done' };

export default function Page() {
  return <TaskPageContent view={{ name: 'done' }} title={(text) => text.nav.done} />;
}
