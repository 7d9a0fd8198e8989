// Says whether this replica may get traffic.
import { readiness } from '@/server/readiness';

export const dynamic = 'force-dynamic';

export async function GET(): Promise<Response> {
  const result = await readiness();
  return Response.json(result, {
    status: result.status === 'ready' ? 200 : 503,
    headers: { 'cache-control': 'no-store' },
  });
}
