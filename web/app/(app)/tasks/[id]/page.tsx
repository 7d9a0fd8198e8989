// One task by its address: today's tasks with that one opened over them.
import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { TaskPageContent } from '@/server/task-page';
import { isTaskId } from '@/server/task-id';

export const metadata: Metadata = { title: 'Task' };

export default async function Page({ params }: { params: Promise<{ id: string }> }) {
  if (!isTaskId((await params).id)) notFound();
  return <TaskPageContent view={{ name: 'today' }} title={(text) => text.nav.today} />;
}
