'use client';
import { useInfiniteQuery } from '@tanstack/react-query';
import type { Task } from '@todo/contracts/task';
import { MAX_TITLE, showsSomething } from '@todo/contracts/text';
import { useDraft } from '@/lib/drafts';
import { limitedText } from '@/lib/limited-text';
import { useText } from '@/lib/session';
import { newSubmissionKey, useAddTask } from '@/lib/add-task';
import { taskListOptions, useChangeTask } from '@/lib/tasks';
import { cn } from '@/lib/class-names';
import { Button } from '../ui/button';
import { Checkbox } from '../ui/checkbox';
import { Input } from '../ui/input';

/** The steps of a task: shown, ticked off, added. */
export function Subtasks({ parent }: { parent: Task; today: string }) {
  const text = useText();
  const add = useAddTask();
  const change = useChangeTask();
  const [title, setTitle] = useDraft(`subtask:${parent.id}`, '');
  const query = useInfiniteQuery(taskListOptions({ parentId: parent.id, status: 'all' }));
  const tasks = query.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <section aria-labelledby="subtasks">
      <h3 id="subtasks" className="mb-2 text-sm font-semibold">
        {text.tasks.subtasks}
      </h3>
      {query.isSuccess && tasks.length === 0 ? (
        <p className="mb-2 text-sm text-muted">{text.tasks.noSubtasks}</p>
      ) : null}
      <ul className="mb-2 grid gap-2">
        {tasks.map((task) => (
          <li key={task.id} className="flex items-start gap-2.5 text-sm">
            <Checkbox
              checked={task.status === 'done'}
              aria-label={text.tasks.complete(task.title)}
              onCheckedChange={() => {
                change.mutate({ kind: task.status === 'done' ? 'reopen' : 'complete', task });
              }}
            />
            <bdi
              className={cn(
                '[overflow-wrap:anywhere]',
                task.status === 'done' && 'text-muted line-through',
              )}
            >
              {task.title}
            </bdi>
          </li>
        ))}
      </ul>
      <form
        className="flex gap-2"
        onSubmit={(event) => {
          event.preventDefault();
          if (!showsSomething(title)) return;
          const typed = title;
          const restore = () => {
            setTitle((now) => (now === '' ? typed : `${typed} ${now}`)); // nothing typed is lost
          };
          add.mutate(
            { task: { title: typed.trim(), parentId: parent.id }, key: newSubmissionKey() },
            { onError: restore },
          );
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
