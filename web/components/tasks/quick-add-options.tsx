'use client';
// The form under the line: the same as words can say, without words. Loaded when it is first opened.
import { SIMPLE_RULES, type SimpleRule } from '@/lib/recurrence';
import { REMINDER_CHOICES } from '@/lib/reminders';
import { useText } from '@/lib/session';
import { Field } from '../ui/field';
import { Input, NativeSelect } from '../ui/input';
import { PriorityOptions } from './priority-options';
import type { Draft } from './quick-add-draft';

export default function QuickAddOptions({
  draft,
  today,
  set,
}: {
  draft: Draft;
  today: string;
  set: (change: Partial<Draft>) => void;
}) {
  const text = useText();
  return (
    <div className="grid grid-cols-2 gap-3 sm:grid-cols-3">
      <Field label={text.tasks.dueDate}>
        {(props) => (
          <Input
            {...props}
            type="date"
            value={draft.date}
            onChange={(event) => {
              set({ date: event.target.value });
            }}
          />
        )}
      </Field>
      <Field label={text.tasks.dueTime}>
        {(props) => (
          <Input
            {...props}
            type="time"
            value={draft.time}
            onChange={(event) => {
              set({ time: event.target.value, date: draft.date || today });
            }}
          />
        )}
      </Field>
      <Field label={text.tasks.repeat}>
        {(props) => (
          <NativeSelect
            {...props}
            value={draft.repeat}
            onChange={(event) => {
              set({ repeat: event.target.value as Draft['repeat'], date: draft.date || today });
            }}
          >
            <option value="">{text.repeat.none}</option>
            {(Object.keys(SIMPLE_RULES) as SimpleRule[]).map((rule) => (
              <option key={rule} value={rule}>
                {text.repeat[rule]}
              </option>
            ))}
          </NativeSelect>
        )}
      </Field>
      <Field label={text.tasks.remind}>
        {(props) => (
          <NativeSelect
            {...props}
            value={draft.remind}
            onChange={(event) => {
              set({ remind: event.target.value, date: draft.date || today });
            }}
          >
            <option value="">{text.remind.none}</option>
            {REMINDER_CHOICES.map((choice) => (
              <option key={choice.before} value={choice.before}>
                {choice.label(text)}
              </option>
            ))}
          </NativeSelect>
        )}
      </Field>
      <Field label={text.tasks.priority}>
        {(props) => (
          <NativeSelect
            {...props}
            value={draft.priority}
            onChange={(event) => {
              set({ priority: event.target.value as Draft['priority'] });
            }}
          >
            <PriorityOptions />
          </NativeSelect>
        )}
      </Field>
      <Field label={text.tasks.tags}>
        {(props) => (
          <Input
            {...props}
            value={draft.tags}
            autoComplete="off"
            placeholder={text.tasks.tagsHint}
            onChange={(event) => {
              set({ tags: event.target.value });
            }}
          />
        )}
      </Field>
    </div>
  );
}
