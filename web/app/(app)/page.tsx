import type { Metadata } from 'next';
import { redirect } from 'next/navigation';
import { isTaskId } from '@/server/task-id';
import { TaskPageContent } from '@/server/task-page';

export const metadata: Metadata = { title: 'Today' };

export default async function Page({
  searchParams,
}: {
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}) {
  const { task } = await searchParams;
  // Links in messages that were sent before tasks had addresses of their own.
  if (typeof task === 'string' && isTaskId(task)) redirect(`/tasks/${task}`);
  return <TaskPageContent view={{ name: 'today' }} title={(text) => text.nav.today} />;
}
