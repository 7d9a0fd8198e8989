// Operators put faults and load into a system that was started for it, and watch what comes of it.
import { fieldErrors, invalidInput } from '@todo/contracts/problem';
import { z } from 'zod';
import { requireOperator } from '@/server/admin';
import { askBreaker, canBreak } from '@/server/break-it';
import { database } from '@/server/database';
import { log } from '@/server/log';
import { recordAction } from '@/server/operators';
import { answerChange, answerProblems } from '@/server/problem-response';

const fault = z.strictObject({
  fault: z.string().min(1).max(100),
  target: z.string().max(200).optional(),
});
const load = z.strictObject({ perSecond: z.int().min(0).max(1_000) });

export async function GET(request: Request): Promise<Response> {
  return await answerProblems(async () => {
    await requireOperator(request.headers);
    return answer(await askBreaker('GET', '/state'));
  });
}

/** Puts a fault in. */
export async function POST(request: Request): Promise<Response> {
  return await answerChange(request, async () => {
    const operator = await requireOperator(request.headers);
    const given = await read(request, fault);
    // Before it is done: afterwards the database may be away.
    if (canBreak()) await recordAction(database().pool, operator, 'break', null);
    const answered = await askBreaker('POST', '/faults', given);
    log.warn({ operatorId: operator.id, ...given }, 'an operator put a fault into the system');
    return answer(answered);
  });
}

/** Sets the load. */
export async function PUT(request: Request): Promise<Response> {
  return await answerChange(request, async () => {
    await requireOperator(request.headers);
    return answer(await askBreaker('PUT', '/load', await read(request, load)));
  });
}

async function read<T>(request: Request, schema: z.ZodType<T>): Promise<T> {
  const given = schema.safeParse(await request.json().catch(() => undefined));
  if (!given.success) throw invalidInput(fieldErrors(given.error));
  return given.data;
}

function answer(body: unknown): Response {
  return Response.json(body, { headers: { 'cache-control': 'private, no-store' } });
}
