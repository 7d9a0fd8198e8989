'use client';
// Edits a repetition and shows what it means: its next dates, computed by the code that will make them.
import { previewDues, RuleError } from '@todo/contracts/recurrence';
import type { Due, Recurrence } from '@todo/contracts/task';
import { useMemo } from 'react';
import { addDays, dayLabel, dueDate, timeLabel, weekday } from '@/lib/dates';
import { weekdayName } from '@/lib/recurrence';
import { formOf, nthOf, ruleOf, WEEKDAYS, type Frequency, type RuleForm } from '@/lib/rule-form';
import { usePerson, useText } from '@/lib/session';
import { Field } from '../ui/field';
import { Input, NativeSelect } from '../ui/input';

const SHOWN_DATES = 5;

const NEW_FORM: RuleForm = {
  frequency: 'WEEKLY',
  interval: 1,
  days: [],
  monthBy: 'day',
  dayOfMonth: null,
  end: 'never',
  until: '',
  count: 10,
};

export function RecurrenceEditor({
  value,
  onChange,
  due,
  occurrence,
  today,
}: {
  value: Recurrence | null;
  onChange: (value: Recurrence | null) => void;
  due: Due | null;
  /** Position of the task in its series, from 1. */
  occurrence: number;
  today: string;
}) {
  const { repeat: text } = useText();
  const { locale, zone } = usePerson();
  const form = value === null ? null : formOf(value.rule);
  const date = dueDate(due, zone) ?? today;
  const set = (change: Partial<RuleForm>) => {
    const next = { ...(form ?? NEW_FORM), ...change };
    onChange({ rule: ruleOf(next, date), from: value?.from ?? 'due' });
  };

  return (
    <div className="grid gap-3">
      <div className="grid grid-cols-2 gap-3">
        <Field label={text.frequency}>
          {(props) => (
            <NativeSelect
              {...props}
              value={value === null ? '' : (form?.frequency ?? 'own')}
              onChange={({ target }) => {
                if (target.value === '') onChange(null);
                else set({ ...NEW_FORM, frequency: target.value as Frequency });
              }}
            >
              <option value="">{text.none}</option>
              <option value="DAILY">{text.daily}</option>
              <option value="WEEKLY">{text.weekly}</option>
              <option value="MONTHLY">{text.monthly}</option>
              <option value="YEARLY">{text.yearly}</option>
              {value !== null && form === null ? (
                <option value="own">{text.customRule}</option>
              ) : null}
            </NativeSelect>
          )}
        </Field>
        {form === null ? null : (
          <Field label={`${text.every} … ${text.unit[form.frequency](2)}`}>
            {(props) => (
              <Input
                {...props}
                type="number"
                min={1}
                max={999}
                value={form.interval}
                onChange={({ target }) => {
                  set({ interval: Math.min(999, Math.max(1, Number(target.value) || 1)) });
                }}
              />
            )}
          </Field>
        )}
      </div>
      {value !== null && form === null ? (
        <Field label={text.rule}>
          {(props) => (
            <Input
              {...props}
              value={value.rule}
              onChange={({ target }) => {
                onChange({ ...value, rule: target.value });
              }}
            />
          )}
        </Field>
      ) : null}
      {form?.frequency === 'WEEKLY' ? (
        <fieldset>
          <legend className="mb-1.5 text-sm font-medium">{text.onDays}</legend>
          <div className="flex flex-wrap gap-1.5">
            {WEEKDAYS.map((day, index) => {
              const own = form.days.length === 0 && index === weekday(date);
              return (
                <label
                  key={day}
                  className="flex h-9 min-w-11 items-center justify-center rounded-md border border-field/60 bg-raised px-2 text-sm has-checked:border-accent has-checked:bg-accent has-checked:text-accent-ink has-focus-visible:outline-2 has-focus-visible:outline-offset-2 has-focus-visible:outline-accent"
                >
                  <input
                    type="checkbox"
                    className="sr-only"
                    checked={own || form.days.includes(day)}
                    onChange={({ target }) => {
                      const before =
                        form.days.length === 0 ? [WEEKDAYS[weekday(date)] ?? 'MO'] : form.days;
                      set({
                        days: target.checked
                          ? [...before, day]
                          : before.filter((known) => known !== day),
                      });
                    }}
                  />
                  {weekdayName(index, locale, 'short')}
                </label>
              );
            })}
          </div>
        </fieldset>
      ) : null}
      {form?.frequency === 'MONTHLY' ? (
        <Field label={text.monthBy}>
          {(props) => (
            <NativeSelect
              {...props}
              value={form.monthBy}
              onChange={({ target }) => {
                set({ monthBy: target.value as RuleForm['monthBy'] });
              }}
            >
              <option value="day">
                {text.monthDay(form.dayOfMonth ?? Number(date.slice(8, 10)))}
              </option>
              <option value="nth">
                {text.monthNth(
                  text.nth.at(nthOf(date) === -1 ? -1 : nthOf(date) - 1) ?? '',
                  weekdayName(weekday(date), locale, 'long'),
                )}
              </option>
              <option value="last">{text.monthLast}</option>
            </NativeSelect>
          )}
        </Field>
      ) : null}
      {form === null ? null : (
        <div className="grid grid-cols-2 gap-3">
          <Field label={text.end}>
            {(props) => (
              <NativeSelect
                {...props}
                value={form.end}
                onChange={({ target }) => {
                  set({
                    end: target.value as RuleForm['end'],
                    until: form.until || addDays(date, 90),
                  });
                }}
              >
                <option value="never">{text.endNever}</option>
                <option value="on">{text.endOn}</option>
                <option value="after">{text.endAfter}</option>
              </NativeSelect>
            )}
          </Field>
          {form.end === 'on' ? (
            <Field label={text.endDate}>
              {(props) => (
                <Input
                  {...props}
                  type="date"
                  value={form.until}
                  min={date}
                  onChange={({ target }) => {
                    set({ until: target.value });
                  }}
                />
              )}
            </Field>
          ) : null}
          {form.end === 'after' ? (
            <Field label={text.endCount}>
              {(props) => (
                <Input
                  {...props}
                  type="number"
                  min={1}
                  max={999}
                  value={form.count}
                  onChange={({ target }) => {
                    set({ count: Math.min(999, Math.max(1, Number(target.value) || 1)) });
                  }}
                />
              )}
            </Field>
          ) : null}
        </div>
      )}
      {value === null ? null : (
        <>
          <Field label={text.from}>
            {(props) => (
              <NativeSelect
                {...props}
                value={value.from}
                onChange={({ target }) => {
                  onChange({ ...value, from: target.value as Recurrence['from'] });
                }}
              >
                <option value="due">{text.fromDue}</option>
                <option value="completion">{text.fromCompletion}</option>
              </NativeSelect>
            )}
          </Field>
          <NextDates recurrence={value} due={due} occurrence={occurrence} today={today} />
        </>
      )}
    </div>
  );
}

function NextDates({
  recurrence,
  due,
  occurrence,
  today,
}: {
  recurrence: Recurrence;
  due: Due | null;
  occurrence: number;
  today: string;
}) {
  const text = useText();
  const { zone, locale } = usePerson();
  const preview = useMemo(() => {
    if (due === null) return text.repeat.needsDue;
    try {
      const completedAt = new Date();
      return previewDues({ ...recurrence, due, zone, completedAt, occurrence }, SHOWN_DATES);
    } catch (error) {
      if (error instanceof RuleError || error instanceof RangeError) return error.message;
      throw error;
    }
  }, [recurrence, due, zone, occurrence, text]);

  return (
    <div className="rounded-md bg-accent-soft px-3 py-2.5 text-sm text-accent-text" role="status">
      {typeof preview === 'string' ? (
        preview
      ) : preview.length === 0 ? (
        text.repeat.nextNone
      ) : (
        <>
          <p className="font-medium">{text.repeat.next}</p>
          <ol className="mt-1 grid gap-0.5">
            {preview.map((next) => {
              const date = dueDate(next, zone);
              const time = next.kind === 'local' ? next.local.slice(11, 16) : null;
              return (
                <li key={JSON.stringify(next)}>
                  {date === null
                    ? JSON.stringify(next)
                    : [
                        dayLabel(date, today, locale, text.tasks),
                        time === null ? '' : timeLabel(time, locale),
                      ]
                        .filter(Boolean)
                        .join(', ')}
                </li>
              );
            })}
          </ol>
        </>
      )}
    </div>
  );
}
