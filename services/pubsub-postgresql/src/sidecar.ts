// Makes daprd start anew when it would otherwise never receive a message again.
//
// daprd connects to this process once. If this process ends and comes back, daprd publishes through the new one but never
// calls Init or subscribes again, and looks healthy. So until Init comes, ask each second whether a daprd already lists a
// component of our type: then it belongs to a predecessor of ours, and is asked to shut down. Its supervisor (Kubernetes, or
// whatever started it) starts it again.
//
// The same when one of its streams is lost, as when it hung and did not answer pings: it goes on later, believes that it is
// subscribed, and gets nothing. So it is asked whether it believes that; one that hangs is asked again until it answers.
import type { Logger } from 'pino';

const ASK_EVERY_MS = 1_000;
const ANSWER_WITHIN_MS = 2_000;
/** After a stream was lost: time for daprd to subscribe again by itself, or to end. */
const LOST_ASK_EVERY_MS = 5_000;
const COMPONENT_TYPE = 'pubsub.postgresql';

/** The sidecar's HTTP API. */
export interface Sidecar {
  /** Begins to ask. */
  watchUntil: (initialized: () => boolean) => void;
  /** A stream for this topic was lost; `isOver` when that is put right, or daprd is another process. */
  watchLost: (component: string, topic: string, isOver: () => boolean) => void;
  /** Asks daprd to shut down now. */
  shutDown: (reason: string) => Promise<void>;
  close: () => void;
}

/** @param options.url - daprd's HTTP address, like http://127.0.0.1:3500 */
export function createSidecar(options: {
  url: string;
  token: string | undefined;
  log: Logger;
}): Sidecar {
  const { log } = options;
  let timer: NodeJS.Timeout | undefined;
  let closed = false;
  let complained = false;

  function request(path: string, method: string): Promise<Response> {
    return fetch(`${options.url}${path}`, {
      method,
      signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
      headers: options.token === undefined ? {} : { 'dapr-api-token': options.token },
    });
  }

  async function listsUs(): Promise<boolean> {
    let answer: Response;
    try {
      answer = await request('/v1.0/metadata', 'GET');
    } catch {
      return false; // not there yet: it will call Init when it is
    }
    if (!answer.ok) {
      await answer.body?.cancel();
      if (!complained) {
        log.error(
          { status: answer.status },
          'the sidecar rejects /v1.0/metadata, so a lost connection to this component cannot be repaired; check DAPR_API_TOKEN',
        );
      }
      complained = true;
      return false;
    }
    const body = (await answer.json()) as { components?: { type?: string }[] };
    return body.components?.some((component) => component.type === COMPONENT_TYPE) ?? false;
  }

  async function shutDown(reason: string): Promise<void> {
    log.warn(
      { reason },
      'asking the sidecar to shut down, so that it restarts and subscribes again',
    );
    try {
      const answer = await request('/v1.0/shutdown', 'POST');
      await answer.body?.cancel();
    } catch (error) {
      log.warn({ error: String(error) }, 'the sidecar rejected the request to shut down');
    }
  }

  /** Whether daprd has a subscription; undefined when it does not answer. */
  async function isSubscribed(component: string, topic: string): Promise<boolean | undefined> {
    try {
      const answer = await request('/v1.0/metadata', 'GET');
      const body = (await answer.json()) as {
        subscriptions?: { pubsubname?: string; topic?: string }[];
      };
      return (
        body.subscriptions?.some((one) => one.pubsubname === component && one.topic === topic) ??
        false
      );
    } catch {
      return undefined;
    }
  }

  return {
    shutDown,
    watchLost: (component, topic, isOver) => {
      const look = async (): Promise<void> => {
        if (closed || isOver()) return;
        const subscribed = await isSubscribed(component, topic);
        // eslint-disable-next-line @typescript-eslint/no-unnecessary-condition -- changed by other callbacks while this one awaits
        if (closed || isOver() || subscribed === false) return;
        if (subscribed)
          await shutDown(`it reports a subscription to ${topic}, but its stream was lost`);
        setTimeout(next, LOST_ASK_EVERY_MS).unref();
      };
      const next = (): void => {
        look().catch((error: unknown) => {
          log.warn({ error: String(error) }, 'could not query the sidecar');
        });
      };
      setTimeout(next, LOST_ASK_EVERY_MS).unref();
    },
    watchUntil: (initialized) => {
      const look = async (): Promise<void> => {
        if (closed || initialized()) return;
        if ((await listsUs()) && !initialized()) {
          await shutDown(
            'it lists this component but has not called Init since this process started',
          );
        }
        // eslint-disable-next-line @typescript-eslint/no-unnecessary-condition -- changed by other callbacks while this one awaits
        if (!closed && !initialized()) timer = setTimeout(next, ASK_EVERY_MS);
      };
      const next = (): void => {
        look().catch((error: unknown) => {
          log.warn({ error: String(error) }, 'could not query the sidecar');
          if (!closed) timer = setTimeout(next, ASK_EVERY_MS);
        });
      };
      next();
    },
    close: () => {
      closed = true;
      clearTimeout(timer);
    },
  };
}
