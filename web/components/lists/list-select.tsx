'use client';
// Chooses one list of the person's, or what stands for all of them.
import { useQuery } from '@tanstack/react-query';
import { isolated } from '@todo/contracts/text';
import { listsOptions } from '@/lib/lists';
import { Field } from '../ui/field';
import { NativeSelect } from '../ui/input';

/** @param props `value` is a list's id, and '' where `all` is chosen; `none`, if given, stands for tasks without a list: `none` */
export function ListSelect({
  label,
  all,
  none,
  value,
  onChange,
  className,
}: {
  label: string;
  all: string;
  none?: string;
  value: string;
  onChange: (value: string) => void;
  className?: string;
}) {
  const lists = useQuery(listsOptions);
  return (
    <Field label={label} {...(className === undefined ? {} : { className })}>
      {(props) => (
        <NativeSelect
          {...props}
          value={value}
          onChange={({ target }) => {
            onChange(target.value);
          }}
        >
          <option value="">{all}</option>
          {(lists.data ?? []).map(({ id, name }) => (
            <option key={id} value={id}>
              {isolated(name)}
            </option>
          ))}
          {none === undefined ? null : <option value="none">{none}</option>}
        </NativeSelect>
      )}
    </Field>
  );
}
