import Link from 'next/link';
import { button } from '@/components/ui/button-look';
import { readerText } from '@/server/language';

export default async function NotFound() {
  const { error: text } = await readerText();
  return (
    <main className="mx-auto flex min-h-[70dvh] max-w-sm flex-col items-center justify-center gap-2 px-5 text-center">
      <h1 className="text-xl font-semibold">{text.notFound}</h1>
      <p className="text-sm text-muted">{text.notFoundHint}</p>
      <Link href="/" className={button({ className: 'mt-3' })}>
        {text.home}
      </Link>
    </main>
  );
}
