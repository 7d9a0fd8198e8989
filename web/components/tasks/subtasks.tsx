'use client';
// The steps of a task: shown with their dates, ticked off, opened, added. A typed line is read as quick add reads it.
import { useInfiniteQuery, useQueryClient } from '@tanstack/react-query';
import type { Task } from '@todo/contracts/task';
import { MAX_TITLE, showsSomething } from '@todo/contracts/text';
import { newSubmissionKey, useAddTask } from '@/lib/add-task';
import { cn } from '@/lib/class-names';
import { dayLabel, isOverdue, taskDate, taskTime, timeLabel } from '@/lib/dates';
import { useDraft } from '@/lib/drafts';
import { limitedText } from '@/lib/limited-text';
import { readLine } from '@/lib/quick-add';
import { usePerson, useText } from '@/lib/session';
import { taskPath, useOpenTask } from '@/lib/task-address';
import type { NewTask } from '@/lib/task-change';
import { taskListOptions, useChangeTask, useReason } from '@/lib/tasks';
import { isUnanswered } from '@/lib/waiting';
import { Badge } from '../ui/badge';
import { Button } from '../ui/button';
import { Checkbox } from '../ui/checkbox';
import { Input } from '../ui/input';
import { useToast } from '../ui/toast';

export default function Subtasks({ parent, today }: { parent: Task; today: string }) {
  const text = useText();
  const client = useQueryClient();
  const add = useAddTask();
  const toast = useToast();
  const reason = useReason();
  const [title, setTitle] = useDraft(`subtask:${parent.id}`, '');
  const query = useInfiniteQuery(taskListOptions({ parentId: parent.id, status: 'all' }));
  const tasks = query.data?.pages.flatMap((page) => page.items) ?? [];
  const headingId = `subtasks-${parent.id}`;

  const submit = async (typed: string) => {
    const restore = () => {
      setTitle((now) => (now === '' ? typed : `${typed} ${now}`)); // nothing typed is lost
    };
    let task: NewTask = { title: typed.trim(), parentId: parent.id };
    try {
      task = { ...(await readLine(client, { title: typed, ignored: [] })), parentId: parent.id };
    } catch (error) {
      if (!isUnanswered(error)) {
        restore();
        toast({ tone: 'danger', text: text.tasks.addFailed(typed, reason(error)) });
        return;
      }
      // no answer: the line as it is, which waits on the device
    }
    add.mutate({ task, key: newSubmissionKey() }, { onError: restore });
  };
  return (
    <section aria-labelledby={headingId} className="pt-2">
      <h3 id={headingId} className="mb-2 text-sm font-semibold">
        {text.tasks.subtasks}
      </h3>
      {query.isSuccess && tasks.length === 0 ? (
        <p className="mb-2 text-sm text-muted">{text.tasks.noSubtasks}</p>
      ) : null}
      <ul className="mb-2 grid gap-2">
        {tasks.map((task) => (
          <SubtaskRow key={task.id} task={task} today={today} />
        ))}
      </ul>
      {query.hasNextPage ? (
        <Button
          variant="link"
          size="sm"
          onClick={() => {
            void query.fetchNextPage();
          }}
        >
          {text.more}
        </Button>
      ) : null}
      <form
        className="flex gap-2"
        onSubmit={(event) => {
          event.preventDefault();
          if (!showsSomething(title)) return;
          void submit(title);
          setTitle('');
        }}
      >
        <Input
          aria-label={text.tasks.addSubtask}
          placeholder={text.tasks.addSubtask}
          value={title}
          onChange={({ target }) => {
            setTitle(limitedText(title, target.value, MAX_TITLE));
          }}
        />
        <Button type="submit" variant="outline">
          {text.tasks.addSubtaskShort}
        </Button>
      </form>
    </section>
  );
}

function SubtaskRow({ task, today }: { task: Task; today: string }) {
  const text = useText();
  const person = usePerson();
  const change = useChangeTask();
  const { open } = useOpenTask();
  const done = task.status === 'done';
  const date = taskDate(task, person.zone);
  const time = taskTime(task, person.zone);
  const when = [
    date === null ? null : dayLabel(date, today, person.locale, text.tasks),
    time === null ? null : timeLabel(time, person.locale),
  ]
    .filter((part) => part !== null)
    .join(', ');
  return (
    <li className="flex items-start gap-2.5 text-sm">
      <Checkbox
        checked={done}
        aria-label={text.tasks.complete(task.title)}
        onCheckedChange={() => {
          change.mutate({ kind: done ? 'reopen' : 'complete', task });
        }}
      />
      <a
        href={taskPath(task.id)}
        className={cn(
          '[overflow-wrap:anywhere] hover:underline',
          done && 'text-muted line-through',
        )}
        onClick={(event) => {
          if (event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return;
          event.preventDefault(); // a new tab takes the address
          open(task.id);
        }}
      >
        <bdi>{task.title}</bdi>
      </a>
      {when === '' ? null : (
        <Badge
          tone={isOverdue(task, person.zone, new Date()) ? 'danger' : 'plain'}
          className="shrink-0"
        >
          {when}
        </Badge>
      )}
      {task.priority === 'none' ? null : (
        <Badge className="shrink-0" tone={task.priority === 'high' ? 'warn' : 'plain'}>
          {text.priority[task.priority]}
        </Badge>
      )}
    </li>
  );
}
