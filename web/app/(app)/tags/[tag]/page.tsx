import type { Metadata } from 'next';
import { isolated } from '@todo/contracts/text';
import { TaskPageContent } from '@/server/task-page';

interface Props {
  params: Promise<{ tag: string }>;
}

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: isolated(`#${decodeURIComponent((await params).tag)}`) };
}

export default async function Page({ params }: Props) {
  const tag = decodeURIComponent((await params).tag);
  return <TaskPageContent view={{ name: 'tag', tag }} title={() => `#${tag}`} />;
}
