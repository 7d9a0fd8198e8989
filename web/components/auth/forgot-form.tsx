'use client';
// Asks for a link that sets a new password. The answer is the same for every address.
import '@/lib/zod-without-eval';
import { zodResolver } from '@hookform/resolvers/zod';
import Link from 'next/link';
import { useState } from 'react';
import { useForm } from 'react-hook-form';
import { z } from 'zod';
import { Button } from '@/components/ui/button';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { authProblem, postAuth } from '@/lib/auth-api';
import { useAuthText } from '@/lib/auth-text';
import { FormError } from './form-error';
import { Notice } from './notice';

/** What `npm run account` needs; the address is the reader's to fill in. */
const COMMAND = 'npm run account -- reset ADDRESS';

/** @param byMail whether this system sends mail; without, its operator makes the link */
export function ForgotForm({ byMail }: { byMail: boolean }) {
  const text = useAuthText();
  const [sentTo, setSentTo] = useState<string>();
  const form = useForm({
    resolver: zodResolver(z.object({ email: z.email(text.emailWrong) })),
    defaultValues: { email: '' },
  });
  const { errors, isSubmitting } = form.formState;
  const submit = form.handleSubmit(async ({ email }) => {
    try {
      await postAuth('/request-password-reset', { email });
      setSentTo(email);
    } catch (error) {
      form.setError('root', { message: authProblem(error) || text.failed });
    }
  });

  if (!byMail)
    return (
      <Notice title={text.forgotTitle} text={text.forgotByOperator}>
        <p className="text-sm text-muted">{text.forgotCommand}</p>
        <pre tabIndex={0} className="overflow-x-auto rounded-md border bg-raised px-3 py-2 text-xs">
          {COMMAND}
        </pre>
      </Notice>
    );
  if (sentTo !== undefined) return <Notice title={text.checkMail} text={text.forgotSent(sentTo)} />;
  return (
    <form noValidate method="post" onSubmit={(event) => void submit(event)} className="grid gap-4">
      <div>
        <h1 className="text-2xl font-semibold tracking-tight">{text.forgotTitle}</h1>
        <p className="mt-1 text-sm text-muted">{text.forgotHint}</p>
      </div>
      <FormError message={errors.root?.message} />
      <Field label={text.email} error={errors.email?.message}>
        {(props) => (
          <Input type="email" autoComplete="username" {...props} {...form.register('email')} />
        )}
      </Field>
      <Button type="submit" disabled={isSubmitting}>
        {text.forgotSend}
      </Button>
      <p className="text-sm">
        <Link href="/sign-in" className="font-medium text-accent-text underline underline-offset-4">
          {text.backToSignIn}
        </Link>
      </p>
    </form>
  );
}
