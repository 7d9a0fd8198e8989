'use client';
// Sets a new password by a link's token. It is in the address's fragment, which no server and no log sees, and leaves the address
// as soon as it is read.
import '@/lib/zod-without-eval';
import { zodResolver } from '@hookform/resolvers/zod';
import { useEffect, useState } from 'react';
import { useForm } from 'react-hook-form';
import { z } from 'zod';
import { Button } from '@/components/ui/button';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { AuthError, authProblem, postAuth } from '@/lib/auth-api';
import { useAuthText } from '@/lib/auth-text';
import { isLongEnough } from '@/lib/password-length';
import { FormError } from './form-error';
import { Notice } from './notice';

export function ResetForm() {
  const text = useAuthText();
  const [token, setToken] = useState<string>();
  const [outcome, setOutcome] = useState<'done' | 'invalid'>();
  const form = useForm({
    resolver: zodResolver(
      z.object({ newPassword: z.string().refine(isLongEnough, text.passwordShort) }),
    ),
    defaultValues: { newPassword: '' },
  });
  const { errors, isSubmitting } = form.formState;
  useEffect(() => {
    const found = window.location.hash.slice(1);
    if (found === '') return;
    // eslint-disable-next-line react-hooks/set-state-in-effect -- the fragment exists in the browser only, and is read once
    setToken(found);
    window.history.replaceState(window.history.state, '', window.location.pathname);
  }, []);

  const submit = form.handleSubmit(async ({ newPassword }) => {
    try {
      await postAuth('/reset-password', { newPassword, token: token ?? '' });
      setOutcome('done');
    } catch (error) {
      if (error instanceof AuthError && error.code === 'INVALID_TOKEN') setOutcome('invalid');
      else form.setError('root', { message: authProblem(error) || text.failed });
    }
  });

  if (outcome === 'done')
    return <Notice title={text.resetTitle} text={text.resetDone} label={text.signIn} />;
  if (outcome === 'invalid')
    return (
      <Notice
        title={text.resetTitle}
        text={text.resetInvalid}
        href="/forgot-password"
        label={text.resetAgain}
      />
    );
  return (
    <form noValidate method="post" onSubmit={(event) => void submit(event)} className="grid gap-4">
      <div>
        <h1 className="text-2xl font-semibold tracking-tight">{text.resetTitle}</h1>
        <p className="mt-1 text-sm text-muted">{text.resetHint}</p>
      </div>
      <FormError message={errors.root?.message} />
      <Field label={text.newPassword} hint={text.passwordHint} error={errors.newPassword?.message}>
        {(props) => (
          <Input
            type="password"
            autoComplete="new-password"
            {...props}
            {...form.register('newPassword')}
          />
        )}
      </Field>
      <Button type="submit" disabled={isSubmitting}>
        {text.resetSave}
      </Button>
    </form>
  );
}
