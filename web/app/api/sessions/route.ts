// The signed-in person's sessions: GET lists them, DELETE ends one (`?id=`) or all others. The door checks the origin.
import { Problem, problemBody } from '@todo/contracts/problem';
import { auth } from '@/server/auth';
import { database } from '@/server/database';
import { endOtherSessions, endSession, listSessions } from '@/server/sessions';

const HEADERS = { 'cache-control': 'private, no-store' };

export async function GET(request: Request): Promise<Response> {
  const own = await auth().api.getSession({ headers: request.headers });
  if (own === null) return refused(new Problem(401, 'not-signed-in', 'Sign in first.'));
  const items = await listSessions(database().pool, own.user.id, own.session.id);
  return Response.json({ items }, { headers: HEADERS });
}

export async function DELETE(request: Request): Promise<Response> {
  const own = await auth().api.getSession({ headers: request.headers });
  if (own === null) return refused(new Problem(401, 'not-signed-in', 'Sign in first.'));
  const id = new URL(request.url).searchParams.get('id');
  const { pool } = database();
  if (id === null) {
    const ended = await endOtherSessions(pool, own.user.id, own.session.id);
    return Response.json({ ended }, { headers: HEADERS });
  }
  return (await endSession(pool, own.user.id, id))
    ? Response.json({ ended: 1 }, { headers: HEADERS })
    : refused(new Problem(404, 'not-found', 'id: you have no such session. Load the list again.'));
}

function refused(problem: Problem): Response {
  return Response.json(problemBody(problem), {
    status: problem.status,
    headers: { ...HEADERS, 'content-type': 'application/problem+json' },
  });
}
