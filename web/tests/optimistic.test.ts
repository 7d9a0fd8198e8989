// A change is shown in the task that makes it, whatever is on its way.
import { QueryClient, QueryObserver } from '@tanstack/react-query';
import type { Task } from '@todo/contracts/task';
import { expect, test } from 'vitest';
import { taskKeys, type TaskPage } from '@/lib/task-query';
import { showAtOnce } from '@/lib/tasks';

const task = { id: 'a', title: 'Pay rent', status: 'open', version: 1 } as Task;
const key = taskKeys.list({});
const page = (status: Task['status']) => ({
  pages: [{ items: [{ ...task, status }], nextCursor: null } satisfies TaskPage],
  pageParams: [null],
});

function known() {
  const client = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  client.setQueryData(key, page('open'));
  const statusOf = () =>
    client.getQueryData<ReturnType<typeof page>>(key)?.pages[0]?.items[0]?.status;
  return { client, statusOf };
}

test('it is there before the call that shows it returns, and a read on its way does not undo it', async () => {
  const { client, statusOf } = known();
  const answer = Promise.withResolvers<ReturnType<typeof page>>();
  const observer = new QueryObserver(client, { queryKey: key, queryFn: () => answer.promise });
  const leave = observer.subscribe(() => undefined);
  expect(client.isFetching()).toBe(1);

  showAtOnce(client, { kind: 'complete', task });
  expect(statusOf()).toBe('done');
  answer.resolve(page('open')); // read before the change
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(statusOf()).toBe('done');
  expect(client.getQueryState(key)).toMatchObject({ status: 'success', fetchStatus: 'idle' });
  leave();
});

test('what it returns brings back what was shown before', () => {
  const { client, statusOf } = known();
  const takeBack = showAtOnce(client, { kind: 'complete', task });
  takeBack();
  expect(statusOf()).toBe('open');
});
