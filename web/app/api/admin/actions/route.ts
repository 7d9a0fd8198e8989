// Operators see what operators did.
import { invalidInput } from '@todo/contracts/problem';
import { listActions, requireOperator } from '@/server/admin';
import { database } from '@/server/database';
import { answerProblems } from '@/server/problem-response';

export async function GET(request: Request): Promise<Response> {
  return await answerProblems(async () => {
    await requireOperator(request.headers);
    const before = new URL(request.url).searchParams.get('before');
    if (before !== null && !/^\d{1,18}$/.test(before))
      throw invalidInput([{ field: 'before', message: 'expected the id of an entry' }]);
    const items = await listActions(database().pool, before);
    return Response.json({ items }, { headers: { 'cache-control': 'private, no-store' } });
  });
}
