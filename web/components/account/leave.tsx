'use client';
// Leaving: a copy of everything, and the account's deletion.
import '@/lib/zod-without-eval';
import { useState } from 'react';
import { AuthError, authProblem } from '@/lib/auth-api';
import { changeDeletion } from '@/lib/deletion';
import { usePerson, useText } from '@/lib/session';
import { button } from '../ui/button-look';
import { Button } from '../ui/button';
import { ConfirmForm } from './confirm-form';
import { SignInAgain } from './sign-in-again';

/**
 * @param confirmBy what shows that it is the person: their password, or their address where they have none
 * @param graceDays days in which the deletion can be taken back
 */
export function Leave({
  confirmBy,
  graceDays,
}: {
  confirmBy: 'password' | 'email';
  graceDays: number;
}) {
  const { leaving: text, auth } = useText();
  const { email } = usePerson();
  const [asked, setAsked] = useState(false);
  const [stale, setStale] = useState(false);

  /** @returns what is wrong, for the person */
  const submit = async (value: string): Promise<string | undefined> => {
    try {
      await changeDeletion('POST', { [confirmBy]: value });
      window.location.assign('/account-deleted');
      return undefined;
    } catch (error) {
      if (error instanceof AuthError && error.code === 'sign-in-again') setStale(true);
      return authProblem(error) || auth.failed;
    }
  };

  return (
    <section aria-labelledby="leave">
      <h2 id="leave" className="mb-1 text-base font-semibold">
        {text.title}
      </h2>
      <p className="mb-3 text-sm text-muted">{text.copyHint}</p>
      <a href="/api/account/download" download className={button({ variant: 'outline' })}>
        {text.download}
      </a>
      <p className="mt-6 mb-3 text-sm text-muted">{text.deleteHint(graceDays)}</p>
      {stale ? <SignInAgain /> : null}
      {asked && !stale ? (
        <ConfirmForm
          label={confirmBy === 'password' ? text.password : text.address(email)}
          type={confirmBy}
          submit={text.deleteNow}
          danger
          onSubmit={submit}
          onCancel={() => {
            setAsked(false);
          }}
        />
      ) : null}
      {asked ? null : (
        <Button
          variant="outline"
          className="text-danger-text"
          onClick={() => {
            setAsked(true);
          }}
        >
          {text.delete}
        </Button>
      )}
    </section>
  );
}
