// Service invocation between two applications of one test: the call arrives as the callee's sidecar would bring it, and its
// answer comes back as the caller's would.
import type { Server } from '@todo/runtime/server';
import { SidecarError } from '@todo/runtime/sidecar';
import type { Sidecar } from '@todo/runtime/sidecar';

/**
 * Makes an `invoke` that knows some applications.
 * @param caller the caller's app id.
 * @param apps by app id: the application, and the token its sidecar shows.
 */
export function invokeApps(
  caller: string,
  apps: Readonly<Record<string, { app: () => Pick<Server, 'inject'>; token: string }>>,
): Sidecar['invoke'] {
  return async (appId, method, path, body) => {
    const callee = apps[appId];
    if (!callee) throw new SidecarError(`${appId} is away`, 500, 'ERR_DIRECT_INVOKE');
    const answer = await callee.app().inject({
      method,
      url: path,
      headers: { 'dapr-api-token': callee.token, 'dapr-caller-app-id': caller },
      ...(body === undefined ? {} : { payload: body }),
    });
    if (answer.statusCode >= 400)
      throw new SidecarError(
        `${appId} answered ${answer.statusCode}`,
        answer.statusCode,
        answer.body,
      );
    return answer.body === '' ? '' : answer.json<unknown>();
  };
}
