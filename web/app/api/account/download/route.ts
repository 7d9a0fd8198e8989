// Everything a person has, as a file.
import { everythingOf } from '@/server/everything';
import { answerProblems } from '@/server/problem-response';

export async function GET(request: Request): Promise<Response> {
  return await answerProblems(
    async () =>
      new Response(await everythingOf(request.headers), {
        headers: {
          'content-type': 'application/json; charset=utf-8',
          'content-disposition': 'attachment; filename="todo-everything.json"',
          'cache-control': 'private, no-store',
        },
      }),
  );
}
