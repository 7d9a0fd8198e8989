import type { Metadata } from 'next';
import { BoardPage } from '@/components/board/board-page';
import { localDate } from '@/lib/dates';
import { database } from '@/server/database';
import { requirePerson } from '@/server/session';

export const metadata: Metadata = { title: 'Board' };

export default async function Page() {
  const person = await requirePerson();
  return <BoardPage today={localDate(database().clock.now(), person.zone)} />;
}
