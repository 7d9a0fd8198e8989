import { redirect } from 'next/navigation';
import { isTaskId } from '@/server/task-id';
import { TaskPageContent } from '@/server/task-page';
import { titled } from '@/server/language';
import { textFor } from '@/text';

export const generateMetadata = titled((locale) => textFor(locale).nav.today);

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
