'use client';
import '@/lib/zod-without-eval';
import { zodResolver } from '@hookform/resolvers/zod';
import { showsSomething } from '@todo/contracts/text';
import Link from 'next/link';
import { useState } from 'react';
import { useForm } from 'react-hook-form';
import { z } from 'zod';
import { Button } from '@/components/ui/button';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { AuthError, authProblem, postAuth } from '@/lib/auth-api';
import { useAuthText } from '@/lib/auth-text';
import { isLongEnough } from '@/lib/password-length';
import { wantTour } from '@/lib/first-visit';
import { useBrowserValue } from '@/lib/use-browser-value';
import { secondFactorPage, signInByPassword } from '@/lib/sign-in';
import { FormError } from './form-error';
import { Notice } from './notice';
import { NewPasswordField } from './password-field';

/** @param confirmFirst whether an address must be confirmed before its account can be used; `mode`: who may sign up */
export function SignUpForm({
  confirmFirst,
  mode,
}: {
  confirmFirst: boolean;
  mode: 'open' | 'invitation' | 'domain' | 'closed';
}) {
  const text = useAuthText();
  const [sentTo, setSentTo] = useState<string>();
  const schema = z.object({
    name: z.string().trim().refine(showsSomething, text.nameMissing),
    email: z.email(text.emailWrong),
    password: z.string().refine(isLongEnough, text.passwordShort),
  });
  const form = useForm({
    resolver: zodResolver(schema),
    defaultValues: { name: '', email: '', password: '' },
  });
  const { errors, isSubmitting } = form.formState;
  const zone = useBrowserValue(() => Intl.DateTimeFormat().resolvedOptions().timeZone, '');

  const submit = form.handleSubmit(async (values) => {
    try {
      await postAuth('/sign-up/email', {
        ...values,
        ...(mode === 'open' ? {} : { invitation: window.location.hash.slice(1) }),
        zone: zone || 'UTC',
        locale: navigator.language || 'en',
        callbackURL: '/email-confirmed',
      });
      wantTour();
      if (confirmFirst) setSentTo(values.email);
      else await enter(values);
    } catch (error) {
      const message = authProblem(error);
      form.setError('root', { message: message || text.failed });
    }
  });

  /** The answer to a sign-up doesn't say whether the address was free; only whoever knows the password gets in. */
  async function enter({ email, password }: { email: string; password: string }): Promise<void> {
    try {
      const asksCode = await signInByPassword({ email, password });
      window.location.assign(asksCode ? secondFactorPage('/') : '/');
    } catch (error) {
      if (error instanceof AuthError && error.status === 401)
        throw new AuthError(401, text.notSignedIn);
      throw error;
    }
  }

  if (sentTo !== undefined)
    return <Notice title={text.checkMail} text={text.checkMailHint(sentTo)} />;
  return (
    <form noValidate method="post" onSubmit={(event) => void submit(event)} className="grid gap-4">
      <div>
        <h1 className="text-2xl font-semibold tracking-tight">{text.start}</h1>
        <p className="mt-1 text-sm text-muted">{text.startHint}</p>
      </div>
      {mode === 'open' ? null : <p className="text-sm text-muted">{text.whoMaySignUp[mode]}</p>}
      <FormError message={errors.root?.message} />
      <Field label={text.name} error={errors.name?.message}>
        {(props) => <Input autoComplete="name" {...props} {...form.register('name')} />}
      </Field>
      <Field label={text.email} error={errors.email?.message}>
        {(props) => (
          <Input type="email" autoComplete="username" {...props} {...form.register('email')} />
        )}
      </Field>
      <NewPasswordField
        label={text.password}
        error={errors.password?.message}
        register={form.register('password')}
      />
      <p className="min-h-10 text-sm text-muted">{zone ? text.zoneNote(zone) : null}</p>
      <Button type="submit" disabled={isSubmitting}>
        {text.signUp}
      </Button>
      <p className="text-sm text-muted">
        {text.haveAccount}{' '}
        <Link href="/sign-in" className="font-medium text-accent-text underline underline-offset-4">
          {text.signIn}
        </Link>
      </p>
    </form>
  );
}
