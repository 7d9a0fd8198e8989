// The MCP endpoint, on the web app's own origin. The backend decides about tokens.
import { passToBackend } from '@/server/backend-proxy';

export const dynamic = 'force-dynamic';

function handle(request: Request): Promise<Response> {
  return passToBackend(request);
}

export { handle as GET, handle as OPTIONS, handle as POST, handle as DELETE };
