'use client';
import '@/lib/zod-without-eval';
import { zodResolver } from '@hookform/resolvers/zod';
import Link from 'next/link';
import { useForm } from 'react-hook-form';
import { z } from 'zod';
import { Button } from '@/components/ui/button';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { AuthError, authProblem, nextPath } from '@/lib/auth-api';
import { useAuthText } from '@/lib/auth-text';
import { secondFactorPage, signInByPassword } from '@/lib/sign-in';
import { FormError } from './form-error';
import { PasswordField } from './password-field';

/** @param confirmFirst whether an address must be confirmed before its account can be used */
export function SignInForm({
  confirmFirst,
  problem,
}: {
  confirmFirst: boolean;
  /** better-auth's name for why a provider's sign-in failed. */
  problem?: string | undefined;
}) {
  const text = useAuthText();
  const schema = z.object({
    email: z.email(text.emailWrong),
    password: z.string().min(1, text.passwordMissing),
  });
  const form = useForm({
    resolver: zodResolver(schema),
    defaultValues: { email: '', password: '' },
  });
  const { errors, isSubmitting } = form.formState;

  const submit = form.handleSubmit(async (values) => {
    try {
      const asksCode = await signInByPassword({ ...values, callbackURL: '/email-confirmed' });
      const next = nextPath(window.location.search);
      window.location.assign(asksCode ? secondFactorPage(next) : next); // a whole load: everything is new
    } catch (error) {
      const message = authProblem(error);
      const unconfirmed =
        confirmFirst && error instanceof AuthError && error.status === 401
          ? `. ${text.perhapsUnconfirmed}`
          : '';
      form.setError('root', { message: (message || text.failed) + unconfirmed });
    }
  });

  const problemText = (code: string | undefined) =>
    code === undefined ? undefined : (text.providerProblem[code] ?? text.providerProblem['other']);

  return (
    <form noValidate method="post" onSubmit={(event) => void submit(event)} className="grid gap-4">
      <div>
        <h1 className="text-2xl font-semibold tracking-tight">{text.welcome}</h1>
        <p className="mt-1 text-sm text-muted">{text.welcomeHint}</p>
      </div>
      <FormError message={errors.root?.message ?? problemText(problem)} />
      <Field label={text.email} error={errors.email?.message}>
        {(props) => (
          // the last word lets the browser offer passkeys here, too
          <Input
            type="email"
            autoComplete="username webauthn"
            {...props}
            {...form.register('email')}
          />
        )}
      </Field>
      <PasswordField
        label={text.password}
        error={errors.password?.message}
        register={form.register('password')}
      />
      <Link
        href="/forgot-password"
        className="justify-self-start text-sm text-accent-text underline underline-offset-4"
      >
        {text.forgot}
      </Link>
      <Button type="submit" disabled={isSubmitting}>
        {text.signIn}
      </Button>
      <p className="text-sm text-muted">
        {text.noAccount}{' '}
        <Link href="/sign-up" className="font-medium text-accent-text underline underline-offset-4">
          {text.signUp}
        </Link>
      </p>
    </form>
  );
}
