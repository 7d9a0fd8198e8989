import type { Metadata } from 'next';
import { TaskPageContent } from '@/server/task-page';
import { textFor } from '@/text';

export const metadata: Metadata = { title: 'Done' };

export default function Page() {
  return <TaskPageContent view={{ name: 'done' }} title={textFor('en').nav.done} />;
}
