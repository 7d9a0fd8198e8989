'use client';
// A task's reminders in its form: those it has, and one to add.
import { X } from 'lucide-react';
import { useState } from 'react';
import { REMINDER_CHOICES, reminderLabel } from '@/lib/reminders';
import { usePerson, useText } from '@/lib/session';
import type { WantedReminder } from '@/lib/task-fields';
import { Button } from '../ui/button';
import { NativeSelect } from '../ui/input';
import { FieldProblem } from './field-problem';

export function RemindersField({
  value,
  onChange,
  problem,
}: {
  value: WantedReminder[];
  onChange: (value: WantedReminder[]) => void;
  problem: string | undefined;
}) {
  const text = useText();
  const person = usePerson();
  const [choice, setChoice] = useState('PT1H');
  return (
    <fieldset className="grid gap-2">
      <legend className="mb-1.5 text-sm font-medium">{text.tasks.reminders}</legend>
      {value.length > 0 ? (
        <ul className="flex flex-wrap gap-1.5">
          {value.map((reminder) => {
            const label = reminderLabel(reminder, text, person);
            return (
              <li
                key={JSON.stringify(reminder)}
                className="flex items-center gap-1 rounded-md bg-ink/6 py-0.5 ps-2.5 text-sm"
              >
                {label}
                <Button
                  variant="ghost"
                  size="tiny"
                  aria-label={text.tasks.removeReminder(label)}
                  onClick={() => {
                    onChange(value.filter((known) => known !== reminder));
                  }}
                >
                  <X />
                </Button>
              </li>
            );
          })}
        </ul>
      ) : null}
      <div className="flex gap-2">
        <NativeSelect
          aria-label={text.tasks.remind}
          value={choice}
          onChange={({ target }) => {
            setChoice(target.value);
          }}
        >
          {REMINDER_CHOICES.map((known) => (
            <option key={known.before} value={known.before}>
              {known.label(text)}
            </option>
          ))}
        </NativeSelect>
        <Button
          variant="outline"
          onClick={() => {
            const there = value.some((known) => 'before' in known && known.before === choice);
            if (!there) onChange([...value, { before: choice }]);
          }}
        >
          {text.tasks.addReminder}
        </Button>
      </div>
      <FieldProblem message={problem} />
    </fieldset>
  );
}
