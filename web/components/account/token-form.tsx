'use client';
// What a new access token is for, what it reaches, and how long it lives.
import { showsSomething } from '@todo/contracts/text';
import { useState } from 'react';
import {
  TOKEN_DAYS,
  TOKEN_SCOPES,
  USUAL_TOKEN_DAYS,
  type TokenScope,
  type WantedToken,
} from '@/lib/access-tokens';
import { ListSelect } from '../lists/list-select';
import { Button } from '../ui/button';
import { Field } from '../ui/field';
import { NativeSelect } from '../ui/input';
import { NameField } from './name-field';
import { useSettingsText } from './use-settings-text';

/** @param props `problem` is why the last one was refused; `onCreate` clears the name by `done` */
export function TokenForm({
  problem,
  saving,
  onCreate,
  onChange,
}: {
  problem: string | undefined;
  saving: boolean;
  onCreate: (wanted: WantedToken, done: () => void) => void;
  onChange: () => void;
}) {
  const { account: text } = useSettingsText();
  const [name, setName] = useState('');
  const [scope, setScope] = useState<TokenScope>('full');
  const [list, setList] = useState('');
  const [days, setDays] = useState<number | null>(USUAL_TOKEN_DAYS);
  const [missing, setMissing] = useState(false);
  return (
    <form
      noValidate
      className="mt-4 grid items-start gap-3 sm:grid-cols-2"
      onSubmit={(event) => {
        event.preventDefault();
        setMissing(!showsSomething(name));
        if (!showsSomething(name)) return;
        const listId = list === '' ? null : list;
        onCreate({ name: name.trim(), scope, listId, expiresInDays: days }, () => {
          setName('');
        });
      }}
    >
      <NameField
        label={text.tokenName}
        error={missing ? text.tokenNameMissing : problem}
        name={name}
        onChange={(typed) => {
          setName(typed);
          setMissing(false);
          onChange();
        }}
      />
      <Field label={text.tokenScope}>
        {(props) => (
          <NativeSelect
            {...props}
            value={scope}
            onChange={({ target }) => {
              setScope(target.value as TokenScope);
            }}
          >
            {TOKEN_SCOPES.map((one) => (
              <option key={one} value={one}>
                {text.scopes[one]}
              </option>
            ))}
          </NativeSelect>
        )}
      </Field>
      <ListSelect label={text.tokenList} all={text.allLists} value={list} onChange={setList} />
      <Field label={text.tokenLife}>
        {(props) => (
          <NativeSelect
            {...props}
            value={String(days)}
            onChange={({ target }) => {
              setDays(target.value === 'null' ? null : Number(target.value));
            }}
          >
            {TOKEN_DAYS.map((one) => (
              <option key={one} value={String(one)}>
                {one === null ? text.noEnd : text.days(one)}
              </option>
            ))}
          </NativeSelect>
        )}
      </Field>
      <Button type="submit" className="justify-self-start" disabled={saving}>
        {text.createToken}
      </Button>
    </form>
  );
}
