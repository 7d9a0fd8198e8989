// A person has their account deleted, or keeps it while there is time.
import { invalidInput, fieldErrors } from '@todo/contracts/problem';
import { z } from 'zod';
import { cancelDeletion, requestDeletion } from '@/server/account-deletion';
import { answerChange } from '@/server/problem-response';

const body = z.strictObject({
  password: z.string().max(1_000).optional(),
  email: z.string().max(1_000).optional(),
});

export async function POST(request: Request): Promise<Response> {
  return await answerChange(request, async () => {
    const given = body.safeParse(await request.json().catch(() => undefined));
    if (!given.success) throw invalidInput(fieldErrors(given.error));
    const eraseAt = await requestDeletion(request.headers, given.data);
    return Response.json({ eraseAt: eraseAt.toISOString() });
  });
}

export async function DELETE(request: Request): Promise<Response> {
  return await answerChange(request, async () => {
    await cancelDeletion(request.headers);
    return new Response(null, { status: 204 });
  });
}
