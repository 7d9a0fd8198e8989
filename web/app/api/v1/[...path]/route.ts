// The backend's REST API and its event stream, on the web app's own origin.
import { passToBackend } from '@/server/backend-proxy';

export const dynamic = 'force-dynamic';

function handle(request: Request): Promise<Response> {
  return passToBackend(request);
}

export {
  handle as GET,
  handle as HEAD,
  handle as OPTIONS,
  handle as POST,
  handle as PUT,
  handle as PATCH,
  handle as DELETE,
};
