// better-auth's own routes: sign up, in and out, the session, the JWKS and JWTs.
import { auth } from '@/server/auth';
import { forgetTokenOf } from '@/server/session-token';

async function handle(request: Request): Promise<Response> {
  const answer = await auth().handler(request);
  // A sign-out ends the session; an account's change changes claims. Either way: no old token.
  if (request.method !== 'GET') forgetTokenOf(request.headers);
  return answer;
}

export { handle as GET, handle as POST };
