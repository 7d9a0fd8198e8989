import Link from 'next/link';
import { Button } from '@/components/ui/button';
import { textFor } from '@/text';

export default function NotFound() {
  const { error: text } = textFor('en');
  return (
    <main className="mx-auto flex min-h-[70dvh] max-w-sm flex-col items-center justify-center gap-2 px-5 text-center">
      <h1 className="text-xl font-semibold">{text.notFound}</h1>
      <p className="text-sm text-muted">{text.notFoundHint}</p>
      <Button asChild className="mt-3">
        <Link href="/">{text.home}</Link>
      </Button>
    </main>
  );
}
