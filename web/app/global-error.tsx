'use client';
// The last resort: the frame of the page itself failed, so this brings its own.
import './globals.css';
import ErrorPage from './error';

export default function GlobalError(props: {
  error: Error & { digest?: string };
  reset: () => void;
}) {
  return (
    <html lang="en">
      <body>
        <ErrorPage {...props} />
      </body>
    </html>
  );
}
