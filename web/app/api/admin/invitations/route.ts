// Operators invite people. The secret of an invitation is in the answer to its creation and in its mail, and nowhere else.
import { fieldErrors, invalidInput, notFound } from '@todo/contracts/problem';
import { withTransaction } from '@todo/runtime/database';
import { z } from 'zod';
import { mailInvitation } from '@/server/account-mail';
import { requireOperator } from '@/server/admin';
import { config } from '@/server/config';
import { database } from '@/server/database';
import { createInvitation, deleteInvitation, listInvitations } from '@/server/invitations';
import { canSendMail } from '@/server/mail';
import { recordAction } from '@/server/operators';
import { answerChange, answerProblems } from '@/server/problem-response';

const invitation = z.strictObject({
  /** The only address it is good for, and where it is sent; null: whoever has the link. */
  email: z.email().max(320).nullable().default(null),
  maxUses: z.int().min(1).max(1_000).default(1),
  days: z.int().min(1).max(90).default(7),
});

export async function GET(request: Request): Promise<Response> {
  return await answerProblems(async () => {
    await requireOperator(request.headers);
    const items = await listInvitations(database().pool);
    return Response.json({ items }, { headers: { 'cache-control': 'private, no-store' } });
  });
}

export async function POST(request: Request): Promise<Response> {
  return await answerChange(request, async () => {
    const operator = await requireOperator(request.headers);
    const given = invitation.safeParse(await request.json().catch(() => undefined));
    if (!given.success) throw invalidInput(fieldErrors(given.error));
    const { token, ...made } = await withTransaction(database().pool, async (client) => {
      await recordAction(client, operator, 'invite', null);
      return await createInvitation(client, given.data);
    });
    // after `#`, where no log of a server or proxy sees it
    const link = `${config().PUBLIC_URL}/sign-up#${token}`;
    const mailed = made.email !== null && canSendMail();
    if (mailed) mailInvitation(made.email ?? '', link);
    return Response.json({ ...made, link, mailed }, { status: 201 });
  });
}

export async function DELETE(request: Request): Promise<Response> {
  return await answerChange(request, async () => {
    const operator = await requireOperator(request.headers);
    const id = new URL(request.url).searchParams.get('id') ?? '';
    await withTransaction(database().pool, async (client) => {
      if (!(await deleteInvitation(client, id))) throw notFound('invitation');
      await recordAction(client, operator, 'withdraw-invitation', null);
    });
    return new Response(null, { status: 204 });
  });
}
