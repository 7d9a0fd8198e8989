'use client';
// The password: changed with the one that is there. Whoever has none sets one by a link.
import '@/lib/zod-without-eval';
import { zodResolver } from '@hookform/resolvers/zod';
import { useQueryClient } from '@tanstack/react-query';
import Link from 'next/link';
import { useForm } from 'react-hook-form';
import { z } from 'zod';
import { authProblem, postAuth, sessionsOptions } from '@/lib/auth-api';
import { useAuthText } from '@/lib/auth-text';
import { isLongEnough } from '@/lib/password-length';
import { usePerson } from '@/lib/session';
import { FormError } from '../auth/form-error';
import { NewPasswordField, PasswordField } from '../auth/password-field';
import { Button } from '../ui/button';
import { button } from '../ui/button-look';
import { useToast } from '../ui/toast';
import { useSettingsText } from './use-settings-text';

/** @param hasPassword whether the account has one @param byMail whether this system sends mail */
export function Password({ hasPassword, byMail }: { hasPassword: boolean; byMail: boolean }) {
  const { account } = useSettingsText();
  const { noPassword: text } = useAuthText();
  return (
    <section aria-labelledby="password">
      <h2 id="password" className="mb-3 text-base font-semibold">
        {account.password}
      </h2>
      {hasPassword ? (
        <PasswordForm />
      ) : (
        <div className="grid justify-items-start gap-3">
          <p className="text-sm text-muted">{byMail ? text.byMail : text.byOperator}</p>
          {byMail ? (
            <Link href="/forgot-password" className={button({ variant: 'outline' })}>
              {text.ask}
            </Link>
          ) : null}
        </div>
      )}
    </section>
  );
}

function PasswordForm() {
  const { account: text } = useSettingsText();
  const auth = useAuthText();
  const { email } = usePerson();
  const toast = useToast();
  const client = useQueryClient();
  const schema = z.object({
    currentPassword: z.string().min(1, auth.passwordMissing),
    newPassword: z.string().refine(isLongEnough, auth.passwordShort),
    revokeOtherSessions: z.boolean(),
  });
  const form = useForm({
    resolver: zodResolver(schema),
    defaultValues: { currentPassword: '', newPassword: '', revokeOtherSessions: true },
  });
  const { errors, isSubmitting } = form.formState;
  const submit = form.handleSubmit(async (values) => {
    try {
      await postAuth('/change-password', values);
      await client.invalidateQueries({ queryKey: sessionsOptions.queryKey });
      form.reset();
      toast({ text: auth.passwordChanged(values.revokeOtherSessions) });
    } catch (error) {
      const message = authProblem(error);
      form.setError('root', { message: message || auth.failed });
    }
  });
  return (
    <form
      noValidate
      onSubmit={(event) => {
        void submit(event);
      }}
      className="grid items-start gap-4 sm:grid-cols-2"
    >
      <div className="sm:col-span-2 has-[>:first-child:empty]:hidden">
        <FormError message={errors.root?.message} />
        <input type="hidden" name="username" autoComplete="username" value={email} readOnly />
      </div>
      <PasswordField
        label={text.currentPassword}
        error={errors.currentPassword?.message}
        register={form.register('currentPassword')}
      />
      <NewPasswordField
        label={text.newPassword}
        error={errors.newPassword?.message}
        register={form.register('newPassword')}
      />
      <label className="flex items-center gap-2 text-sm sm:col-span-2">
        <input type="checkbox" {...form.register('revokeOtherSessions')} />
        {auth.endOthersToo}
      </label>
      <div>
        <Button type="submit" variant="outline" disabled={isSubmitting}>
          {text.change}
        </Button>
      </div>
    </form>
  );
}
