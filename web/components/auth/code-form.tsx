'use client';
// Asks for the second factor after the password: a code of the authenticator app, or a recovery code.
import { useState } from 'react';
import { Button } from '@/components/ui/button';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { AuthError, authProblem, nextPath, postAuth } from '@/lib/auth-api';
import { useAuthText } from '@/lib/auth-text';
import { FormError } from './form-error';
import { Notice } from './notice';

/** Answers that end this attempt: it is unknown, too old, or had too many wrong codes. */
const OVER: readonly string[] = ['INVALID_TWO_FACTOR_COOKIE', 'TOO_MANY_ATTEMPTS_REQUEST_NEW_CODE'];

export function CodeForm() {
  const { secondFactor: text, failed, signIn } = useAuthText();
  const [recovering, setRecovering] = useState(false);
  const [code, setCode] = useState('');
  const [problem, setProblem] = useState<string>();
  const [busy, setBusy] = useState(false);
  const [over, setOver] = useState(false);

  const submit = async (): Promise<void> => {
    setBusy(true);
    setProblem(undefined);
    try {
      const way = recovering ? 'verify-backup-code' : 'verify-totp';
      await postAuth(`/two-factor/${way}`, { code: code.replace(/\s/g, '') });
      window.location.assign(nextPath(window.location.search));
    } catch (error) {
      const name = error instanceof AuthError ? error.code : '';
      if (OVER.includes(name)) setOver(true);
      else setProblem(text.problems[name] ?? (authProblem(error) || failed));
      setBusy(false);
    }
  };

  if (over) return <Notice title={text.title} text={text.over} label={signIn} />;
  return (
    <form
      noValidate
      method="post"
      className="grid gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      <div>
        <h1 className="text-2xl font-semibold tracking-tight">{text.title}</h1>
        <p className="mt-1 text-sm text-muted">{recovering ? text.recoverHint : text.codeHint}</p>
      </div>
      <FormError message={problem} />
      <Field key={String(recovering)} label={recovering ? text.recoveryCode : text.code}>
        {(props) => (
          <Input
            autoFocus
            autoComplete="one-time-code"
            inputMode={recovering ? 'text' : 'numeric'}
            autoCapitalize="none"
            spellCheck={false}
            value={code}
            onChange={(event) => {
              setCode(event.target.value);
            }}
            {...props}
          />
        )}
      </Field>
      <Button type="submit" disabled={busy || code.trim() === ''}>
        {signIn}
      </Button>
      <Button
        variant="link"
        className="justify-self-start px-0!"
        onClick={() => {
          setRecovering(!recovering);
          setCode('');
          setProblem(undefined);
        }}
      >
        {recovering ? text.useCode : text.useRecovery}
      </Button>
    </form>
  );
}
