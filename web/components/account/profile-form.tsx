'use client';
import '@/lib/zod-without-eval';
import { zodResolver } from '@hookform/resolvers/zod';
import { locale, zone } from '@todo/contracts/task';
import { showsSomething } from '@todo/contracts/text';
import { useQueryClient } from '@tanstack/react-query';
import { useRouter } from 'next/navigation';
import { useId, useState } from 'react';
import { useForm, useWatch } from 'react-hook-form';
import { z } from 'zod';
import { call } from '@/lib/api';
import { authProblem, postAuth } from '@/lib/auth-api';
import { usePerson, useText } from '@/lib/session';
import { taskKeys } from '@/lib/task-query';
import { useReason } from '@/lib/tasks';
import { FormError } from '../auth/form-error';
import { Button } from '../ui/button';
import { Checkbox } from '../ui/checkbox';
import { Field } from '../ui/field';
import { Input, NativeSelect } from '../ui/input';
import { useToast } from '../ui/toast';
import { useSettingsText } from './use-settings-text';

/** Languages and regions whose formats are offered; more can be written into the account by its browser. */
const LOCALES = [
  'en-US',
  'en-GB',
  'en-AU',
  'en-CA',
  'en-IN',
  'de-DE',
  'de-AT',
  'de-CH',
  'fr-FR',
  'es-ES',
  'it-IT',
  'nl-NL',
  'pl-PL',
  'pt-BR',
  'sv-SE',
  'he-IL',
  'ja-JP',
  'ko-KR',
  'zh-CN',
];

export function ProfileForm({ zones }: { zones: string[] }) {
  const { account: text } = useSettingsText();
  const { auth, save } = useText();
  const person = usePerson();
  const router = useRouter();
  const toast = useToast();
  const schema = z.object({
    name: z.string().trim().refine(showsSomething, auth.nameMissing),
    zone,
    locale,
  });
  const form = useForm({
    resolver: zodResolver(schema),
    defaultValues: { name: person.name, zone: person.zone, locale: person.locale },
  });
  const { errors, isSubmitting } = form.formState;
  const zoneChosen = useWatch({ control: form.control, name: 'zone' });
  const [moveTimed, setMoveTimed] = useState(false);
  const moveTimedId = useId();
  const reason = useReason();
  const client = useQueryClient();

  /** Moves the tasks to the zone that the account has now; gives what to say. */
  const moveTasks = async (chosen: string): Promise<string> => {
    const { moved } = await call<{ moved: { allDay: number; timed: number } }>('/me/zone', {
      method: 'PUT',
      body: { zone: chosen, moveTimedFrom: moveTimed ? person.zone : null },
    });
    await client.invalidateQueries({ queryKey: taskKeys.all });
    return moved.allDay + moved.timed === 0
      ? text.saved
      : text.zoneSaved(moved.allDay, moved.timed);
  };
  const submit = form.handleSubmit(async (values) => {
    try {
      await postAuth('/update-user', values);
      try {
        toast({ text: values.zone === person.zone ? text.saved : await moveTasks(values.zone) });
      } catch (error) {
        // not refreshed: the form still knows the zone of before, and saving again moves the tasks
        form.setError('root', { message: text.zoneNotMoved(reason(error)) });
        return;
      }
      router.refresh();
    } catch (error) {
      const message = authProblem(error);
      form.setError('root', { message: message || auth.failed });
    }
  });
  const names = new Intl.DisplayNames([person.locale], { type: 'language' });
  const known = (list: string[], value: string) => (list.includes(value) ? list : [value, ...list]);
  return (
    <section aria-labelledby="profile">
      <h2 id="profile" className="mb-3 text-base font-semibold">
        {text.profile}
      </h2>
      <form
        noValidate
        onSubmit={(event) => {
          void submit(event);
        }}
        className="grid items-start gap-4 sm:grid-cols-2"
      >
        <div className="empty:hidden sm:col-span-2 has-[>:empty]:hidden">
          <FormError message={errors.root?.message} />
        </div>
        <Field
          label={auth.name}
          error={errors.name?.message}
          className="grid gap-1.5 sm:col-span-2"
        >
          {(props) => <Input autoComplete="name" {...props} {...form.register('name')} />}
        </Field>
        <Field label={text.zone} hint={text.zoneHint} error={errors.zone?.message}>
          {(props) => (
            <NativeSelect {...props} {...form.register('zone')}>
              {known(zones, person.zone).map((name) => (
                <option key={name} value={name}>
                  {zoneLabel(name)}
                </option>
              ))}
            </NativeSelect>
          )}
        </Field>
        {zoneChosen === person.zone ? null : (
          <label htmlFor={moveTimedId} className="flex items-start gap-3 text-sm sm:col-span-2">
            <Checkbox
              id={moveTimedId}
              shape="square"
              checked={moveTimed}
              onCheckedChange={setMoveTimed}
            />
            <span>{text.moveTimed(zoneLabel(person.zone), zoneLabel(zoneChosen))}</span>
          </label>
        )}
        <Field label={text.locale} hint={text.localeHint} error={errors.locale?.message}>
          {(props) => (
            <NativeSelect {...props} {...form.register('locale')}>
              {known(LOCALES, person.locale).map((name) => (
                <option key={name} value={name} suppressHydrationWarning>
                  {names.of(name)}
                </option>
              ))}
            </NativeSelect>
          )}
        </Field>
        <div>
          <Button type="submit" disabled={isSubmitting}>
            {save}
          </Button>
        </div>
      </form>
    </section>
  );
}

function zoneLabel(zone: string): string {
  return zone.replaceAll('_', ' ');
}
