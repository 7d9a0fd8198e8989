// Operators decide of whom a second factor is required, within what the configuration requires.
import { fieldErrors, invalidInput, Problem } from '@todo/contracts/problem';
import { withTransaction } from '@todo/runtime/database';
import { z } from 'zod';
import { REQUIRED_OF } from '@/lib/required-of';
import { requireOperator } from '@/server/admin';
import { database } from '@/server/database';
import { recordAction } from '@/server/operators';
import { answerChange, answerProblems } from '@/server/problem-response';
import {
  requireSecondFactorOf,
  secondFactorPolicy,
  strictness,
} from '@/server/second-factor-policy';

const decision = z.strictObject({ requiredOf: z.enum(REQUIRED_OF) });

export async function GET(request: Request): Promise<Response> {
  return await answerProblems(async () => {
    await requireOperator(request.headers);
    const policy = await secondFactorPolicy(database().pool);
    return Response.json(policy, { headers: { 'cache-control': 'private, no-store' } });
  });
}

export async function POST(request: Request): Promise<Response> {
  return await answerChange(request, async () => {
    const operator = await requireOperator(request.headers);
    const given = decision.safeParse(await request.json().catch(() => undefined));
    if (!given.success) throw invalidInput(fieldErrors(given.error));
    const { requiredOf } = given.data;
    const policy = await withTransaction(database().pool, async (client) => {
      const { atLeast } = await secondFactorPolicy(client);
      if (strictness(requiredOf) < strictness(atLeast))
        throw new Problem(
          409,
          'by-configuration',
          `requiredOf: SECOND_FACTOR_REQUIRED_OF requires it of ${atLeast} at least. Change that first.`,
        );
      await requireSecondFactorOf(client, requiredOf);
      await recordAction(client, operator, `factor-of-${requiredOf}`, null);
      return { requiredOf, atLeast };
    });
    return Response.json(policy);
  });
}
