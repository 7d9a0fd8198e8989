'use client';
// Ways to sign in beside the password: a passkey, a link in a mail.
import Link from 'next/link';
import { useEffect, useState } from 'react';
import { Button } from '@/components/ui/button';
import { button } from '@/components/ui/button-look';
import { authProblem, nextPath } from '@/lib/auth-api';
import { useAuthText } from '@/lib/auth-text';
import {
  browserHasPasskeys,
  PasskeyCancelled,
  signInByAutofill,
  signInWithPasskey,
} from '@/lib/passkeys';
import { useBrowserValue } from '@/lib/use-browser-value';
import { FormError } from './form-error';

/**
 * @param props `passkeys`: whether this site can have them; `byMail`: whether this system sends mail; `autofill`: whether the page has a
 *   field in which the browser may offer passkeys
 */
export function OtherWays({
  passkeys,
  byMail,
  autofill = false,
}: {
  passkeys: boolean;
  byMail: boolean;
  autofill?: boolean;
}) {
  const text = useAuthText();
  const [problem, setProblem] = useState<string>();
  const [busy, setBusy] = useState(false);
  const withPasskey = useBrowserValue(browserHasPasskeys, false) && passkeys;
  // While nothing else asks for a passkey, the browser offers them where the address is typed.
  const offered = withPasskey && autofill && !busy;
  useEffect(() => {
    if (!offered) return;
    const ended = new AbortController();
    signInByAutofill(ended.signal).then(
      (signedIn) => {
        if (signedIn) window.location.assign(nextPath(window.location.search));
      },
      (error: unknown) => {
        setProblem(authProblem(error) || text.failed);
      },
    );
    return () => {
      ended.abort();
    };
  }, [offered, text]);
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
