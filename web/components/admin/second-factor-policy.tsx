'use client';
// Of whom a second factor is required.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { askAdmin } from '@/lib/admin-api';
import { authProblem } from '@/lib/auth-api';
import { REQUIRED_OF, type FactorPolicy, type RequiredOf } from '@/lib/required-of';
import { usePerson } from '@/lib/session';
import { adminText } from '@/text/admin';
import { Loaded, SettingsSection } from '../account/settings-section';
import { signInError } from '../account/sign-in-error';
import { Button } from '../ui/button';
import { Field } from '../ui/field';
import { NativeSelect } from '../ui/input';
import { useToast } from '../ui/toast';

const KEY = ['admin', 'second-factor'];

export function SecondFactorPolicy() {
  const { factor: text, failed } = adminText(usePerson().locale);
  const query = useQuery({
    queryKey: KEY,
    queryFn: async () => await askAdmin<FactorPolicy>('/second-factor'),
  });
  return (
    <SettingsSection id="factor-policy" title={text.title} hint={text.hint}>
      <Loaded query={query} failed={text.loadFailed} skeleton="h-10" errorOf={signInError(failed)}>
        {(policy) => <Choice key={policy.requiredOf} policy={policy} />}
      </Loaded>
    </SettingsSection>
  );
}

function Choice({ policy: { requiredOf, atLeast } }: { policy: FactorPolicy }) {
  const { factor: text, failed } = adminText(usePerson().locale);
  const toast = useToast();
  const client = useQueryClient();
  const [chosen, setChosen] = useState(requiredOf);
  const save = useMutation({
    mutationFn: () => askAdmin('/second-factor', 'POST', { requiredOf: chosen }),
    onSuccess: () => {
      toast({ text: text.saved });
    },
    onError: (error) => {
      toast({ tone: 'danger', text: authProblem(error) || failed });
    },
    onSettled: () => client.invalidateQueries({ queryKey: ['admin'] }),
  });
  return (
    <form
      noValidate
      className="flex flex-wrap items-end gap-3"
      onSubmit={(event) => {
        event.preventDefault();
        save.mutate();
      }}
    >
      <Field
        label={text.label}
        hint={atLeast === 'nobody' ? undefined : text.configured(text.of[atLeast])}
        className="grid min-w-48 flex-1 gap-1.5 sm:max-w-xs"
      >
        {(props) => (
          <NativeSelect
            {...props}
            value={chosen}
            onChange={({ target }) => {
              setChosen(target.value as RequiredOf);
            }}
          >
            {REQUIRED_OF.slice(REQUIRED_OF.indexOf(atLeast)).map((one) => (
              <option key={one} value={one}>
                {text.of[one]}
              </option>
            ))}
          </NativeSelect>
        )}
      </Field>
      <Button type="submit" disabled={save.isPending || chosen === requiredOf}>
        {text.save}
      </Button>
    </form>
  );
}
