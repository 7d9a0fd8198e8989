'use client';
// The name of something new: it cannot be empty, and is no longer than names may be.
import { MAX_NAME } from '@todo/contracts/text';
import { limitedText } from '@/lib/limited-text';
import { Field } from '../ui/field';
import { Input } from '../ui/input';

export function NameField({
  label,
  error,
  name,
  onChange,
}: {
  label: string;
  error: string | undefined;
  name: string;
  onChange: (name: string) => void;
}) {
  return (
    <Field label={label} error={error}>
      {(props) => (
        <Input
          {...props}
          autoComplete="off"
          value={name}
          onChange={({ target }) => {
            onChange(limitedText(name, target.value, MAX_NAME));
          }}
        />
      )}
    </Field>
  );
}
