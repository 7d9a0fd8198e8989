// PullMessages: one stream per subscription. The first request names the topic, each later one acknowledges a delivery.
import type { Logger } from 'pino';
import type { Component } from './component.ts';
import { describeError } from './database-errors.ts';
import { decodePullRequest, encodePullResponse, type PullRequest } from './grpc/pubsub-messages.ts';
import type { StreamCall, StreamListener } from './grpc/server.ts';
import { STATUS, StatusError } from './grpc/status.ts';
import { codeOf } from './grpc-status.ts';
import { payloadPassed } from './memory.ts';
import { checkTopic, COPIES } from './publish-calls.ts';
import type { Subscription } from './subscription.ts';

/** The streams of all components. */
export interface PullStreams {
  /** Serves one stream of the named instance. */
  serve: (call: StreamCall, instance: string) => StreamListener;
  /** Ends all streams of a component that is gone: nothing will come on them any more. */
  endAll: (component: Component, reason: string) => void;
}

/**
 * @param options.find - the instance's component; throws when there is none
 * @param options.isCurrent - whether it still is the instance's component
 * @param options.onBrokenStream - a stream ended by our fault: daprd will not subscribe again by itself
 * @param options.onLostStream - a stream ended and it is not known why; `isOver`: daprd has subscribed again, or called Init
 */
export function createPullStreams(options: {
  find: (instance: string) => Component;
  isCurrent: (instance: string, component: Component) => boolean;
  onBrokenStream: (reason: string) => void;
  onLostStream: ((instance: string, topic: string, isOver: () => boolean) => void) | undefined;
  log: Logger;
}): PullStreams {
  const { log } = options;
  /** How many streams each instance had for a topic, in all. */
  const subscribed = new Map<string, number>();
  /** What ends each open stream, by the component that it belongs to. */
  const open = new Map<Component, Set<(error: StatusError) => void>>();

  /** @returns whether daprd has subscribed again since, or called Init */
  function countStream(instance: string, topic: string, component: Component): () => boolean {
    const name = `${instance} ${topic}`;
    const count = (subscribed.get(name) ?? 0) + 1;
    subscribed.set(name, count);
    return () => subscribed.get(name) !== count || !options.isCurrent(instance, component);
  }

  function serve(call: StreamCall, instance: string): StreamListener {
    let subscription: Subscription | undefined;
    let siblings: Set<(error: StatusError) => void> | undefined;
    let lost: () => void = () => undefined;
    let over = false;

    function end(): void {
      if (over) return;
      over = true;
      lost();
      siblings?.delete(refuse);
      subscription?.close().catch((error: unknown) => {
        log.warn({ error: describeError(error) }, 'a subscription did not shut down cleanly');
      });
    }

    function refuse(error: unknown): void {
      call.finish(codeOf(error), describeError(error));
      end();
    }

    function subscribe(topic: string): Subscription {
      const component = options.find(instance);
      checkTopic(topic);
      log.info({ topic, group: component.metadata.consumerID }, 'subscribed');
      siblings = open.get(component) ?? new Set();
      open.set(component, siblings.add(refuse));
      const isOver = countStream(instance, topic, component);
      lost = () => options.onLostStream?.(instance, topic, isOver);
      return component.subscribe({
        topic,
        onStuck: (reason) => {
          refuse(new StatusError(STATUS.ABORTED, reason));
          options.onBrokenStream(reason);
        },
        send: (id, message) => {
          payloadPassed(message.data.length, COPIES);
          const { data, metadata, contentType } = message;
          call.send(encodePullResponse({ data, topicName: topic, metadata, contentType, id }));
        },
      });
    }

    function onMessage({ topic, ackMessageId, ackError }: PullRequest): void {
      if (subscription) {
        if (ackMessageId === '') return;
        const reason = ackError === '' ? 'no reason given' : ackError;
        subscription.acknowledge(ackMessageId, reason);
        return;
      }
      try {
        subscription = subscribe(topic ?? '');
      } catch (error) {
        refuse(error);
        options.onBrokenStream(describeError(error));
      }
    }

    return {
      message: (message) => {
        onMessage(decodePullRequest(message));
      },
      end: () => {
        call.finish(STATUS.OK, '');
      },
      closed: end,
    };
  }

  return {
    serve,
    endAll: (component, reason) => {
      for (const end of open.get(component) ?? []) end(new StatusError(STATUS.ABORTED, reason));
      open.delete(component);
    },
  };
}
