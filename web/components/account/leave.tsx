'use client';
// Leaving: a copy of everything, and the account's deletion.
import '@/lib/zod-without-eval';
import { useState } from 'react';
import { AuthError, authProblem } from '@/lib/auth-api';
import { changeDeletion } from '@/lib/deletion';
import { usePerson, useText } from '@/lib/session';
import { FormError } from '../auth/form-error';
import { button } from '../ui/button-look';
import { Button } from '../ui/button';
import { Field } from '../ui/field';
import { Input } from '../ui/input';
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
  const { leaving: text, cancel, auth } = useText();
  const { email } = usePerson();
  const [asked, setAsked] = useState(false);
  const [value, setValue] = useState('');
  const [problem, setProblem] = useState<string>();
  const [busy, setBusy] = useState(false);
  const [stale, setStale] = useState(false);

  const submit = async (): Promise<void> => {
    setBusy(true);
    setProblem(undefined);
    try {
      await changeDeletion('POST', { [confirmBy]: value });
      window.location.assign('/account-deleted');
    } catch (error) {
      if (error instanceof AuthError && error.code === 'sign-in-again') setStale(true);
      else setProblem(authProblem(error) || auth.failed);
      setBusy(false);
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
        <form
          noValidate
          method="post"
          className="grid max-w-md gap-4 rounded-lg border border-danger-text/40 p-4"
          onSubmit={(event) => {
            event.preventDefault();
            void submit();
          }}
        >
          <FormError message={problem} />
          <Field label={confirmBy === 'password' ? text.password : text.address(email)}>
            {(props) => (
              <Input
                type={confirmBy === 'password' ? 'password' : 'email'}
                autoComplete={confirmBy === 'password' ? 'current-password' : 'off'}
                value={value}
                onChange={(event) => {
                  setValue(event.target.value);
                }}
                {...props}
              />
            )}
          </Field>
          <div className="flex gap-2">
            <Button type="submit" variant="danger" disabled={busy || value === ''}>
              {text.deleteNow}
            </Button>
            <Button
              variant="outline"
              onClick={() => {
                setAsked(false);
                setValue('');
                setProblem(undefined);
              }}
            >
              {cancel}
            </Button>
          </div>
        </form>
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
