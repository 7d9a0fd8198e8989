// The backend's API reference; open to everybody, like the API's shape.
import { passToBackend } from '@/server/backend-proxy';

export const dynamic = 'force-dynamic';

function handle(request: Request): Promise<Response> {
  return passToBackend(request, 'optional');
}

export { handle as GET, handle as HEAD };
