'use client';
// A section of settings: its heading, what it is for, and what it shows while its data comes or cannot come.
import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { ApiError } from '@/lib/api-error';
import { ErrorState } from '../tasks/error-state';
import { Skeleton } from '../ui/skeleton';

/** @param props `id` is the heading's, and names the section; `hint` says what it is for */
export function SettingsSection({
  id,
  title,
  hint,
  children,
}: {
  id: string;
  title: string;
  hint: string;
  children: ReactNode;
}) {
  return (
    <section aria-labelledby={id}>
      <h2 id={id} className="text-base font-semibold">
        {title}
      </h2>
      <p className="mt-0.5 mb-3 text-sm text-muted">{hint}</p>
      {children}
    </section>
  );
}

/**
 * What a query gave, or that it failed, with a way to try again.
 * @param props `off`: shown for a 404, where this system has no such part; `errorOf`: an error in words for the person
 */
export function Loaded<T>({
  query,
  failed,
  off,
  skeleton = 'h-16',
  errorOf = (error) => error,
  children,
}: {
  query: UseQueryResult<T>;
  failed: string;
  off?: string;
  skeleton?: string;
  errorOf?: (error: Error) => Error;
  children: (data: T) => ReactNode;
}) {
  if (query.isPending) return <Skeleton className={skeleton} />;
  if (query.isSuccess) return children(query.data);
  const { error } = query;
  if (off !== undefined && error instanceof ApiError && error.status === 404)
    return <p className="text-sm text-muted">{off}</p>;
  return (
    <ErrorState
      title={failed}
      error={errorOf(error)}
      onRetry={() => {
        void query.refetch();
      }}
    />
  );
}
