'use client';
// Shown when a page fails as a whole; nothing that was saved is lost.
import { Button } from '@/components/ui/button';
import { textFor } from '@/text';

export default function ErrorPage({
  error,
  reset,
}: {
  error: Error & { digest?: string };
  reset: () => void;
}) {
  const { error: text, retry } = textFor('en');
  return (
    <main className="mx-auto flex min-h-[70dvh] max-w-sm flex-col items-center justify-center gap-2 px-5 text-center">
      <h1 className="text-xl font-semibold">{text.title}</h1>
      <p className="text-sm text-muted">{text.hint}</p>
      {error.digest === undefined ? null : (
        <p className="text-xs text-muted">Reference: {error.digest}</p>
      )}
      <Button className="mt-3" onClick={reset}>
        {retry}
      </Button>
    </main>
  );
}
