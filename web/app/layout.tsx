// The frame of every page: language, theme, and the styles.
import type { Metadata, Viewport } from 'next';
import { cookies } from 'next/headers';
import type { ReactNode } from 'react';
import { LanguageProvider } from '@/components/language';
import { StyleNonce } from '@/components/style-nonce';
import { Vitals } from '@/components/vitals';
import { wantedSignals } from '@todo/runtime/telemetry-config';
import { config } from '@/server/config';
import { readerLocale } from '@/server/language';
import { authText } from '@/text/auth';
import { directionOf, languageOf, pageLanguage } from '@/text/languages';
import './globals.css';

export async function generateMetadata(): Promise<Metadata> {
  return {
    title: { default: 'Todo', template: '%s · Todo' },
    description: authText(await readerLocale()).startHint,
    applicationName: 'Todo',
    appleWebApp: { capable: true, title: 'Todo' },
  };
}

export const viewport: Viewport = {
  themeColor: [
    { media: '(prefers-color-scheme: light)', color: '#f6f5f3' },
    { media: '(prefers-color-scheme: dark)', color: '#151617' },
  ],
};

export default async function RootLayout({ children }: { children: ReactNode }) {
  const theme = (await cookies()).get('theme')?.value;
  const locale = await readerLocale();
  const settings = config();
  const measured = settings.METRICS_PORT !== undefined || wantedSignals(settings).metrics;
  return (
    <html
      lang={pageLanguage(locale)}
      dir={directionOf(languageOf(locale))}
      {...(theme === 'light' || theme === 'dark' ? { 'data-theme': theme } : {})}
    >
      <body>
        <StyleNonce />
        <LanguageProvider locale={locale}>{children}</LanguageProvider>
        {measured ? <Vitals /> : null}
      </body>
    </html>
  );
}
