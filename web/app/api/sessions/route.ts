// The signed-in person's sessions: GET lists them, DELETE ends one (`?id=`) or all others. The door checks the origin.
import { Problem } from '@todo/contracts/problem';
import { database } from '@/server/database';
import { openSession } from '@/server/open-session';
import { answerProblems } from '@/server/problem-response';
import { endOtherSessions, endSession, listSessions } from '@/server/sessions';

const HEADERS = { 'cache-control': 'private, no-store' };

export async function GET(request: Request): Promise<Response> {
  return await answerProblems(async () => {
    const own = await openSession(request.headers);
    const items = await listSessions(database().pool, own.user.id, own.session.id);
    return Response.json({ items }, { headers: HEADERS });
  });
}

export async function DELETE(request: Request): Promise<Response> {
  return await answerProblems(async () => {
    const own = await openSession(request.headers);
    const id = new URL(request.url).searchParams.get('id');
    const { pool } = database();
    if (id === null) {
      const ended = await endOtherSessions(pool, own.user.id, own.session.id);
      return Response.json({ ended }, { headers: HEADERS });
    }
    if (!(await endSession(pool, own.user.id, id)))
      throw new Problem(404, 'not-found', 'id: you have no such session. Load the list again.');
    return Response.json({ ended: 1 }, { headers: HEADERS });
  });
}
