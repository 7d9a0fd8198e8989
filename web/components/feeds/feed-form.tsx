'use client';
// What a new calendar feed is called, shows and has.
import { showsSomething } from '@todo/contracts/text';
import { useState } from 'react';
import { FEED_CONTENTS, type FeedContent, type WantedFeed } from '@/lib/feeds';
import { usePerson } from '@/lib/session';
import { feedTextFor } from '@/text/feeds';
import { NameField } from '../account/name-field';
import { ListSelect } from '../lists/list-select';
import { Button } from '../ui/button';
import { Field } from '../ui/field';
import { NativeSelect } from '../ui/input';

/** @param props `problem` is why the last one was refused; `onCreate` clears the name by `done` */
export function FeedForm({
  problem,
  saving,
  onCreate,
  onChange,
}: {
  problem: string | undefined;
  saving: boolean;
  onCreate: (wanted: WantedFeed, done: () => void) => void;
  onChange: () => void;
}) {
  const text = feedTextFor(usePerson().locale);
  const [name, setName] = useState('');
  const [content, setContent] = useState<FeedContent>('events');
  const [list, setList] = useState('');
  const [missing, setMissing] = useState(false);
  const submit = () => {
    setMissing(!showsSomething(name));
    if (!showsSomething(name)) return;
    onCreate({ name: name.trim(), content, lists: list === '' ? null : [list] }, () => {
      setName('');
    });
  };
  return (
    <form
      noValidate
      className="mt-4 grid items-start gap-3 sm:grid-cols-2"
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <NameField
        label={text.name}
        error={missing ? text.nameMissing : problem}
        name={name}
        onChange={(typed) => {
          setName(typed);
          setMissing(false);
          onChange();
        }}
      />
      <ListSelect
        label={text.from}
        all={text.everything}
        none={text.noList}
        value={list}
        onChange={setList}
      />
      <Field label={text.shows} hint={text.contentsHint} className="grid gap-1.5 sm:col-span-2">
        {(props) => (
          <NativeSelect
            {...props}
            value={content}
            onChange={({ target }) => {
              setContent(target.value as FeedContent);
            }}
          >
            {FEED_CONTENTS.map((one) => (
              <option key={one} value={one}>
                {text.contents[one]}
              </option>
            ))}
          </NativeSelect>
        )}
      </Field>
      <Button type="submit" className="justify-self-start" disabled={saving}>
        {text.create}
      </Button>
    </form>
  );
}
