'use client';
// The page of the board, made in the browser: its columns depend on the address.
import { useText } from '@/lib/session';
import { loadedLater } from '../loaded-later';
import { Skeleton } from '../ui/skeleton';

const Board = loadedLater(() => import('./board'));

export function BoardPage({ today }: { today: string }) {
  const text = useText();
  return (
    <div data-wide>
      <Board
        today={today}
        fallback={
          <div aria-busy="true">
            <span className="sr-only">{text.loading}</span>
            <Skeleton className="h-96" />
          </div>
        }
      />
    </div>
  );
}
