'use client';
// Sets a new password by a link's token.
import '@/lib/zod-without-eval';
import { zodResolver } from '@hookform/resolvers/zod';
import { useState } from 'react';
import { useForm } from 'react-hook-form';
import { z } from 'zod';
import { Button } from '@/components/ui/button';
import { AuthError, authProblem, postAuth } from '@/lib/auth-api';
import { useAuthText } from '@/lib/auth-text';
import { useLinkSecret } from '@/lib/link-secret';
import { isLongEnough } from '@/lib/password-length';
import { FormError } from './form-error';
import { Notice } from './notice';
import { NewPasswordField } from './password-field';

export function ResetForm() {
  const text = useAuthText();
  const token = useLinkSecret();
  const [outcome, setOutcome] = useState<'done' | 'invalid'>();
  const form = useForm({
    resolver: zodResolver(
      z.object({ newPassword: z.string().refine(isLongEnough, text.passwordShort) }),
    ),
    defaultValues: { newPassword: '' },
  });
  const { errors, isSubmitting } = form.formState;
  const submit = form.handleSubmit(async ({ newPassword }) => {
    try {
      await postAuth('/reset-password', { newPassword, token });
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
      <NewPasswordField
        label={text.newPassword}
        error={errors.newPassword?.message}
        register={form.register('newPassword')}
      />
      <Button type="submit" disabled={isSubmitting}>
        {text.resetSave}
      </Button>
    </form>
  );
}
