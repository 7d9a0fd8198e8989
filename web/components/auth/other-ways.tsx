'use client';
// Ways to sign in beside the password: a passkey, a link in a mail.
import Link from 'next/link';
import { useState } from 'react';
import { Button } from '@/components/ui/button';
import { button } from '@/components/ui/button-look';
import { authProblem, nextPath } from '@/lib/auth-api';
import { useAuthText } from '@/lib/auth-text';
import { browserHasPasskeys, PasskeyCancelled, signInWithPasskey } from '@/lib/passkeys';
import { useBrowserValue } from '@/lib/use-browser-value';
import { FormError } from './form-error';

/** @param passkeys whether this site can have them @param byMail whether this system sends mail */
export function OtherWays({ passkeys, byMail }: { passkeys: boolean; byMail: boolean }) {
  const text = useAuthText();
  const [problem, setProblem] = useState<string>();
  const [busy, setBusy] = useState(false);
  const withPasskey = useBrowserValue(browserHasPasskeys, false) && passkeys;
  const enter = async (): Promise<void> => {
    setBusy(true);
    setProblem(undefined);
    try {
      await signInWithPasskey();
      window.location.assign(nextPath(window.location.search));
    } catch (error) {
      const cancelled = error instanceof PasskeyCancelled ? text.passkeys.notUsed : '';
      setProblem(cancelled || authProblem(error) || text.failed);
      setBusy(false);
    }
  };
  return (
    <div className="grid gap-2 empty:hidden">
      {problem === undefined ? null : <FormError message={problem} />}
      {withPasskey ? (
        <Button
          variant="outline"
          disabled={busy}
          onClick={() => {
            void enter();
          }}
        >
          {text.passkeys.signIn}
        </Button>
      ) : null}
      {byMail ? (
        <Link href="/sign-in-link" className={button({ variant: 'outline' })}>
          {text.link.offer}
        </Link>
      ) : null}
    </div>
  );
}
