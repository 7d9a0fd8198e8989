'use client';
// An import or a check that is under way: what, and how far it is.
import type { ReactNode } from 'react';
import { LoaderCircle } from 'lucide-react';
import type { ImportProgress } from '@/lib/transfer';
import { useTransferText } from './use-transfer-text';

export function Working({
  label,
  progress,
  children,
}: {
  label: string;
  progress: ImportProgress | undefined;
  children: ReactNode;
}) {
  return (
    <div className="grid justify-items-start gap-3 rounded-lg border bg-panel p-5">
      <p role="status" className="flex items-center gap-2.5 text-sm font-medium">
        <LoaderCircle aria-hidden className="size-5 shrink-0 animate-spin text-accent-text" />
        <span className="[overflow-wrap:anywhere]">{label}</span>
      </p>
      {progress === undefined ? null : <ProgressBar label={label} progress={progress} />}
      {children}
    </div>
  );
}

/** @param label what is under way, for a screen reader */
export function ProgressBar({ label, progress }: { label: string; progress: ImportProgress }) {
  const text = useTransferText();
  return (
    <div className="grid w-full gap-1.5">
      <progress
        aria-label={label}
        className="h-2 w-full accent-accent"
        {...(progress.of === undefined ? {} : { value: progress.entries, max: progress.of })}
      />
      <p className="text-xs text-muted tabular-nums">
        {progress.of === undefined
          ? text.reading(progress.entries)
          : text.progress(progress.entries, progress.of)}
      </p>
    </div>
  );
}
