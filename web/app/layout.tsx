// The frame of every page: language, theme, and the styles.
import type { Metadata, Viewport } from 'next';
import { cookies } from 'next/headers';
import type { ReactNode } from 'react';
import { StyleNonce } from '@/components/style-nonce';
import { Vitals } from '@/components/vitals';
import { wantedSignals } from '@todo/runtime/telemetry-config';
import { config } from '@/server/config';
import { currentPerson } from '@/server/session';
import './globals.css';

export const metadata: Metadata = {
  title: { default: 'Todo', template: '%s · Todo' },
  description: 'Tasks, reminders and repeating things, in your time zone.',
  applicationName: 'Todo',
  appleWebApp: { capable: true, title: 'Todo' },
};

export const viewport: Viewport = {
  themeColor: [
    { media: '(prefers-color-scheme: light)', color: '#f6f5f3' },
    { media: '(prefers-color-scheme: dark)', color: '#151617' },
  ],
};

export default async function RootLayout({ children }: { children: ReactNode }) {
  const theme = (await cookies()).get('theme')?.value;
  const person = await currentPerson();
  const settings = config();
  const measured = settings.METRICS_PORT !== undefined || wantedSignals(settings).metrics;
  return (
    <html
      lang={person?.locale ?? 'en'}
      {...(theme === 'light' || theme === 'dark' ? { 'data-theme': theme } : {})}
    >
      <body>
        <StyleNonce />
        {children}
        {measured ? <Vitals /> : null}
      </body>
    </html>
  );
}
