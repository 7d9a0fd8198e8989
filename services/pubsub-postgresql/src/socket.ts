// Puts the gRPC server on its Unix socket so that there is never a moment without one: daprd looks for sockets once, at
// its start, and a missing one ends it. The new socket is bound in a subfolder (which daprd skips) and renamed over the
// old one, stale or not.
import { chmod, mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { GrpcServer } from './grpc/server.ts';

/** daprd takes the component's type from this name: pubsub.postgresql. */
export const SOCKET_NAME = 'postgresql.sock';

/**
 * Binds the server.
 * @param mode - the socket's file mode; daprd must be able to write to it
 * @returns the socket's path
 */
export async function bindSocket(
  server: GrpcServer,
  folder: string,
  mode: number,
): Promise<string> {
  await mkdir(folder, { recursive: true });
  const beside = await mkdtemp(join(folder, '.new-'));
  try {
    const bound = join(beside, 's');
    await server.listen(bound);
    await chmod(bound, mode);
    const path = join(folder, SOCKET_NAME);
    await rename(bound, path);
    return path;
  } finally {
    await rm(beside, { recursive: true, force: true });
  }
}
