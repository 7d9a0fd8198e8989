'use client';
// The form of a task. What others change meanwhile comes in by field; where both changed one, the person chooses.
import '@/lib/zod-without-eval';
import { useQuery } from '@tanstack/react-query';
import { MAX_NOTES, MAX_TITLE, storableText, type Task } from '@todo/contracts/task';
import { showsSomething } from '@todo/contracts/text';
import { useImperativeHandle, useMemo, type Ref } from 'react';
import { Controller } from 'react-hook-form';
import { z } from 'zod';
import { dayLabel, timeLabel } from '@/lib/dates';
import { listsOptions } from '@/lib/lists';
import { ruleLabel } from '@/lib/recurrence';
import { reminderLabel } from '@/lib/reminders';
import { usePerson, useText, type Person } from '@/lib/session';
import { dueOf, type MergedField, type TaskFields, type WantedReminder } from '@/lib/task-fields';
import type { Text } from '@/text';
import { ListSelect } from '../lists/list-select';
import { Button } from '../ui/button';
import { Field } from '../ui/field';
import { Input, NativeSelect, Textarea } from '../ui/input';
import ConflictChoice from './conflict-choice';
import { FieldProblem } from './field-problem';
import { PriorityOptions } from './priority-options';
import { RecurrenceEditor } from './recurrence-editor';
import { RemindersField } from './reminders-field';
import { ScopeChoice } from './scope-choice';
import { useTaskEdit } from './use-task-edit';

/** What the sheet around the form needs to know of it. */
export interface Edit {
  /** Something is typed that is not saved. */
  dirty: boolean;
  /** Throws it away. */
  forget: () => void;
}

export function TaskForm({
  task,
  today,
  edit: ref,
  onCancel,
  onDone,
}: {
  task: Task;
  today: string;
  edit: Ref<Edit>;
  onCancel: () => void;
  onDone: () => void;
}) {
  const text = useText();
  const person = usePerson();
  const schema = useMemo(() => schemaOf(text), [text]);
  const edit = useTaskEdit(task, schema, onDone);
  const { form, fields, dirty, forget, submit } = edit;
  const { errors, isSubmitting } = form.formState;
  const lists = useQuery(listsOptions).data ?? [];
  const due = dueOf(fields.date, fields.time, person.zone);
  useImperativeHandle(ref, () => ({ dirty, forget }), [dirty, forget]);
  const choice = (field: MergedField, label: string) =>
    edit.conflicts.includes(field) ? (
      <ConflictChoice
        field={label}
        theirs={inWords(field, edit.theirs, { text, person, today, lists })}
        undecided={edit.undecided}
        onMine={() => {
          edit.decide(field, 'mine');
        }}
        onTheirs={() => {
          edit.decide(field, 'theirs');
        }}
      />
    ) : null;

  return (
    <form
      noValidate
      onSubmit={(event) => {
        void submit(event);
      }}
      className="grid gap-4 px-5 pt-2 pb-5"
    >
      <Field label={text.tasks.titleLabel} error={errors.title?.message}>
        {(props) => <Input autoComplete="off" {...props} {...form.register('title')} />}
      </Field>
      {choice('title', text.tasks.titleLabel)}
      <Field label={text.tasks.notes} error={errors.notes?.message}>
        {(props) => <Textarea {...props} {...form.register('notes')} />}
      </Field>
      {choice('notes', text.tasks.notes)}
      <div className="grid grid-cols-2 gap-3">
        <Field label={text.tasks.dueDate} error={errors.date?.message}>
          {(props) => <Input type="date" {...props} {...form.register('date')} />}
        </Field>
        <Field label={text.tasks.dueTime} error={errors.time?.message}>
          {(props) => <Input type="time" {...props} {...form.register('time')} />}
        </Field>
        <Field label={text.tasks.priority}>
          {(props) => (
            <NativeSelect {...props} {...form.register('priority')}>
              <PriorityOptions />
            </NativeSelect>
          )}
        </Field>
        <Field label={text.tasks.tags} error={errors.tags?.message}>
          {(props) => (
            <Input
              autoComplete="off"
              placeholder={text.tasks.tagsHint}
              {...props}
              {...form.register('tags')}
            />
          )}
        </Field>
        <ListSelect
          label={text.lists.label}
          all={text.lists.none}
          value={fields.listId}
          onChange={(listId) => {
            form.setValue('listId', listId);
          }}
          className="col-span-2 grid gap-1.5"
        />
      </div>
      {choice('due', text.tasks.due)}
      {choice('priority', text.tasks.priority)}
      {choice('tags', text.tasks.tags)}
      {choice('listId', text.lists.label)}
      <Controller
        control={form.control}
        name="recurrence"
        render={({ field }) => (
          <div>
            <RecurrenceEditor
              value={field.value}
              onChange={field.onChange}
              due={due}
              occurrence={task.occurrence}
              today={today}
            />
            <FieldProblem message={errors.recurrence?.message} />
          </div>
        )}
      />
      {choice('recurrence', text.tasks.repeat)}
      <Controller
        control={form.control}
        name="reminders"
        render={({ field }) => (
          <RemindersField
            value={field.value}
            onChange={field.onChange}
            problem={errors.reminders?.message}
          />
        )}
      />
      {choice('reminders', text.tasks.reminders)}
      {edit.canBeOnlyThis ? (
        <ScopeChoice onlyThis={edit.onlyThis} onChoose={edit.setOnlyThis} />
      ) : null}
      {edit.problem === undefined ? null : (
        <p role="alert" className="text-sm text-danger-text">
          {edit.problem}
        </p>
      )}
      {edit.restored && dirty ? (
        <p role="status" className="text-sm text-muted">
          {text.edit.restored}
        </p>
      ) : null}
      <div className="flex justify-end gap-2">
        <Button variant="outline" onClick={onCancel}>
          {text.cancel}
        </Button>
        <Button type="submit" disabled={isSubmitting}>
          {text.save}
        </Button>
      </div>
    </form>
  );
}

function schemaOf(text: Text) {
  return z
    .object({
      title: storableText(MAX_TITLE).refine(showsSomething, text.tasks.titleMissing),
      notes: storableText(MAX_NOTES),
      date: z.string(),
      time: z.string(),
      priority: z.enum(['none', 'low', 'medium', 'high']),
      tags: z.string(),
      listId: z.string(),
      recurrence: z.custom<Task['recurrence']>(),
      reminders: z.custom<WantedReminder[]>(),
    })
    .superRefine((value, context) => {
      const refuse = (field: string, message: string) => {
        context.addIssue({ code: 'custom', path: [field], message });
      };
      if (value.date !== '') return;
      if (value.time !== '') refuse('time', text.tasks.dueGone);
      if (value.recurrence !== null) refuse('recurrence', text.repeat.needsDue);
      if (value.reminders.some((reminder) => 'before' in reminder)) {
        refuse('reminders', text.remind.needsDue);
      }
    });
}

/** A field's value as the person reads it. */
function inWords(
  field: MergedField,
  fields: TaskFields,
  reader: {
    text: Text;
    person: Person;
    today: string;
    lists: readonly { id: string; name: string }[];
  },
): string {
  const { text, person, today, lists } = reader;
  switch (field) {
    case 'due':
      return fields.date === ''
        ? ''
        : [
            dayLabel(fields.date, today, person.locale, text.tasks),
            fields.time === '' ? '' : timeLabel(fields.time, person.locale),
          ]
            .join(' ')
            .trim();
    case 'priority':
      return text.priority[fields.priority];
    case 'listId':
      return lists.find(({ id }) => id === fields.listId)?.name ?? text.lists.none;
    case 'recurrence':
      return fields.recurrence === null
        ? text.repeat.none
        : ruleLabel(fields.recurrence.rule, text, person.locale);
    case 'reminders':
      return fields.reminders.map((each) => reminderLabel(each, text, person)).join(', ');
    default:
      return fields[field];
  }
}
