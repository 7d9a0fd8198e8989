'use client';
// The page of the board, made in the browser: its columns depend on the address.
import { loadedLater } from '../loaded-later';
import { WidePageLoading } from '../shell/wide-page-loading';

const Board = loadedLater(() => import('./board'));

export function BoardPage({ today }: { today: string }) {
  return (
    <div data-wide>
      <Board today={today} fallback={<WidePageLoading />} />
    </div>
  );
}
