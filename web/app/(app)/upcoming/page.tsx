import type { Metadata } from 'next';
import { TaskPageContent } from '@/server/task-page';

export const metadata: Metadata = { title: 'Upcoming' };

export default function Page() {
  return <TaskPageContent view={{ name: 'upcoming' }} title={(text) => text.nav.upcoming} />;
}
