import type { ReactNode } from 'react';

/** A page's name, with what belongs beside it. */
export function PageHeading({
  title,
  note,
  children,
}: {
  title: string;
  note?: string;
  children?: ReactNode;
}) {
  return (
    <div className="mb-4 flex flex-wrap items-end justify-between gap-x-4 gap-y-2">
      <div className="min-w-0">
        <h1 className="truncate text-2xl font-semibold tracking-tight">
          <bdi>{title}</bdi>
        </h1>
        {note ? (
          <p className="mt-0.5 text-sm text-muted" suppressHydrationWarning>
            {note}
          </p>
        ) : null}
      </div>
      {children}
    </div>
  );
}
