import type { Metadata } from 'next';
import { TaskPageContent } from '@/server/task-page';
import { textFor } from '@/text';

export const metadata: Metadata = { title: 'Upcoming' };

export default function Page() {
  return <TaskPageContent view={{ name: 'upcoming' }} title={textFor('en').nav.upcoming} />;
}
