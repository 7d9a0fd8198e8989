'use client';
// Everything about one task, to read and to change. Loaded when it is first opened.
import '@/lib/zod-without-eval';
import { zodResolver } from '@hookform/resolvers/zod';
import { useQuery } from '@tanstack/react-query';
import { MAX_NOTES, MAX_TITLE, storableText, type Due, type Task } from '@todo/contracts/task';
import { isolated, showsSomething } from '@todo/contracts/text';
import { Controller, useForm, useWatch } from 'react-hook-form';
import { z } from 'zod';
import { taskDate, taskTime } from '@/lib/dates';
import { listsOptions } from '@/lib/lists';
import { usePerson, useText } from '@/lib/session';
import { useChangeTask, type TaskPatch } from '@/lib/tasks';
import { Button } from '../ui/button';
import { Dialog, DialogContent } from '../ui/dialog';
import { Field } from '../ui/field';
import { Input, NativeSelect, Textarea } from '../ui/input';
import { History } from '../history';
import { FieldProblem } from './field-problem';
import { RecurrenceEditor } from './recurrence-editor';
import { RemindersField, type WantedReminder } from './reminders-field';
import { Subtasks } from './subtasks';

export default function TaskSheet({
  task,
  today,
  onClose,
}: {
  task: Task;
  today: string;
  onClose: () => void;
}) {
  const text = useText();
  const person = usePerson();
  return (
    <Dialog
      open
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
    >
      <DialogContent shape="side" title={text.tasks.editTitle} closeLabel={text.close}>
        <div className="flex-1 overflow-y-auto">
          <TaskForm task={task} today={today} onClose={onClose} />
          <div className="grid gap-6 border-t px-5 py-5">
            <Subtasks parent={task} today={today} />
            {person.history ? (
              <section aria-labelledby="task-history">
                <h3 id="task-history" className="mb-2 text-sm font-semibold">
                  {text.tasks.history}
                </h3>
                <History path={`/tasks/${task.id}/history`} />
              </section>
            ) : null}
          </div>
        </div>
      </DialogContent>
    </Dialog>
  );
}

function TaskForm({ task, today, onClose }: { task: Task; today: string; onClose: () => void }) {
  const text = useText();
  const person = usePerson();
  const change = useChangeTask();
  const schema = z
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
  const date = taskDate(task, person.zone) ?? '';
  const time = taskTime(task, person.zone) ?? '';
  const form = useForm<z.infer<typeof schema>>({
    resolver: zodResolver(schema),
    defaultValues: {
      title: task.title,
      notes: task.notes,
      date,
      time,
      priority: task.priority,
      tags: task.tags.join(', '),
      listId: task.listId ?? '',
      recurrence: task.recurrence,
      reminders: task.reminders,
    },
  });
  const { errors, dirtyFields } = form.formState;
  const [watchedDate, watchedTime, listId] = useWatch({
    control: form.control,
    name: ['date', 'time', 'listId'],
  });
  const lists = useQuery(listsOptions).data ?? [];
  const due = dueOf(watchedDate, watchedTime, person.zone);

  const submit = form.handleSubmit((value) => {
    // Only what was touched is sent: somebody else's change of another field survives.
    const patch: TaskPatch = {};
    if (dirtyFields.title) patch.title = value.title.trim();
    if (dirtyFields.notes) patch.notes = value.notes;
    if (dirtyFields.date || dirtyFields.time) {
      patch.due = dueOf(value.date, value.time, person.zone);
    }
    if (dirtyFields.priority) patch.priority = value.priority;
    if (dirtyFields.tags) patch.tags = tagsOf(value.tags);
    if (value.listId !== (task.listId ?? '')) patch.listId = value.listId || null;
    if (JSON.stringify(value.recurrence) !== JSON.stringify(task.recurrence)) {
      patch.recurrence = value.recurrence;
    }
    if (JSON.stringify(value.reminders) !== JSON.stringify(task.reminders)) {
      patch.reminders = value.reminders.map(({ ...reminder }) => reminder);
    }
    if (Object.keys(patch).length > 0) change.mutate({ kind: 'patch', task, patch });
    onClose();
  });

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
      <Field label={text.tasks.notes} error={errors.notes?.message}>
        {(props) => <Textarea {...props} {...form.register('notes')} />}
      </Field>
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
              {(['none', 'low', 'medium', 'high'] as const).map((priority) => (
                <option key={priority} value={priority}>
                  {text.priority[priority]}
                </option>
              ))}
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
        <Field label={text.lists.label} className="col-span-2 grid gap-1.5">
          {(props) => (
            <NativeSelect
              {...props}
              value={listId}
              onChange={({ target }) => {
                form.setValue('listId', target.value);
              }}
            >
              <option value="">{text.lists.none}</option>
              {lists.map(({ id, name }) => (
                <option key={id} value={id}>
                  {isolated(name)}
                </option>
              ))}
            </NativeSelect>
          )}
        </Field>
      </div>
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
      <div className="flex justify-end gap-2">
        <Button variant="outline" onClick={onClose}>
          {text.cancel}
        </Button>
        <Button type="submit">{text.save}</Button>
      </div>
    </form>
  );
}

function dueOf(date: string, time: string, zone: string): Due | null {
  if (date === '') return null;
  return time === '' ? { kind: 'date', date } : { kind: 'local', local: `${date}T${time}`, zone };
}

function tagsOf(typed: string): string[] {
  const tags = typed
    .split(/[,\s]+/)
    .map((tag) => tag.replace(/^#/, ''))
    .filter((tag) => tag !== '');
  return [...new Set(tags)];
}
