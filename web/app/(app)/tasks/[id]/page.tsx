// One task by its address: today's tasks with that one opened over them.
import { notFound } from 'next/navigation';
import { TaskPageContent } from '@/server/task-page';
import { isTaskId } from '@/server/task-id';
import { titled } from '@/server/language';
import { textFor } from '@/text';

export const generateMetadata = titled((locale) => textFor(locale).tasks.editTitle);

export default async function Page({ params }: { params: Promise<{ id: string }> }) {
  if (!isTaskId((await params).id)) notFound();
  return <TaskPageContent view={{ name: 'today' }} title={(text) => text.nav.today} />;
}
