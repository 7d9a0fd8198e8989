import type { Metadata } from 'next';
import { TaskPageContent } from '@/server/task-page';
import { textFor } from '@/text';

export const metadata: Metadata = { title: 'All tasks' };

export default function Page() {
  return <TaskPageContent view={{ name: 'all' }} title={textFor('en').nav.all} />;
}
