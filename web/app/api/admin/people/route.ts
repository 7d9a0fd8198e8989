// Operators look at accounts and change them.
import { fieldErrors, invalidInput } from '@todo/contracts/problem';
import { z } from 'zod';
import { changePerson, listPeople, requireOperator } from '@/server/admin';
import { config } from '@/server/config';
import { database } from '@/server/database';
import { answerChange, answerProblems } from '@/server/problem-response';

const change = z.strictObject({
  id: z.string().min(1).max(200),
  action: z.enum(['disable', 'enable', 'delete', 'keep', 'promote', 'demote']),
  /** Says that the operator means themself. */
  self: z.boolean().default(false),
});

export async function GET(request: Request): Promise<Response> {
  return await answerProblems(async () => {
    await requireOperator(request.headers);
    const query = new URL(request.url).searchParams;
    const search = (query.get('search') ?? '').slice(0, 200);
    const people = await listPeople(database().pool, { search, after: query.get('after') });
    const { SIGN_UP: mode, SIGN_UP_DOMAINS: domains } = config();
    return Response.json(
      { ...people, signUp: { mode, domains } },
      { headers: { 'cache-control': 'private, no-store' } },
    );
  });
}

export async function POST(request: Request): Promise<Response> {
  return await answerChange(request, async () => {
    const operator = await requireOperator(request.headers);
    const given = change.safeParse(await request.json().catch(() => undefined));
    if (!given.success) throw invalidInput(fieldErrors(given.error));
    return Response.json(await changePerson(operator, given.data));
  });
}
