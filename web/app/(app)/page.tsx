import type { Metadata } from 'next';
import { TaskPageContent } from '@/server/task-page';
import { textFor } from '@/text';

export const metadata: Metadata = { title: 'Today' };

export default function Page() {
  return <TaskPageContent view={{ name: 'today' }} title={textFor('en').nav.today} />;
}
