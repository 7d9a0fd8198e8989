// Metrics of the process, for a scrape on the health port and for OTLP (metrics-export.ts). Both read memory: neither asks the
// database, so that an idle system stays idle. What costs a statement (unread messages) is measured while there is activity, and the last
// value is served.
import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import { createLabelCap } from './label-cap.ts';
import type { ListenerState } from './listener.ts';
import type { Backlog, ComponentObserver } from './observer.ts';

/** Topics, and pairs of topic and group, that keep their names in labels. */
const MAX_LABELLED = 100;
/** Instances (Component manifests) that keep their names. */
const MAX_INSTANCES = 10;
const LATENCY_SECONDS = [
  0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60,
];
const LISTEN_STATES: readonly ListenerState[] = ['off', 'connecting', 'listening', 'asleep'];
const PREFIX = 'pubsub_postgresql_';
const BY_TOPIC = ['component', 'topic'] as const;
const BY_GROUP = ['component', 'topic', 'group'] as const;

/** The metrics of all components of the process. */
export interface Metrics {
  contentType: string;
  /** In Prometheus's text format. */
  text: () => Promise<string>;
  values: () => Promise<MetricValues[]>;
  /** What the named component reports to. */
  observe: (component: string) => ComponentObserver;
}

/** A metric's values; a histogram's are those of its buckets (label `le`), its sum and its count. */
export interface MetricValues {
  readonly name: string;
  readonly help: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly values: readonly {
    readonly value: number;
    readonly labels: Readonly<Record<string, string | number>>;
    readonly metricName?: string;
  }[];
}

interface GroupLabels {
  component: string;
  topic: string;
  group: string;
}

/** @param maxLabelled - topics, and pairs of topic and group, that keep their names; later ones become `other` */
export function createMetrics(maxLabelled = MAX_LABELLED): Metrics {
  const registry = new Registry();
  const registers = [registry];
  const counter = <T extends string>(name: string, help: string, labelNames: readonly T[]) =>
    new Counter({ name: `${PREFIX}${name}`, help, labelNames, registers });
  const gauge = <T extends string>(name: string, help: string, labelNames: readonly T[]) =>
    new Gauge({ name: `${PREFIX}${name}`, help, labelNames, registers });
  const histogram = <T extends string>(name: string, help: string, labelNames: readonly T[]) =>
    new Histogram({
      name: `${PREFIX}${name}`,
      help,
      labelNames,
      buckets: LATENCY_SECONDS,
      registers,
    });

  const published = counter('published_total', 'Messages stored.', BY_TOPIC);
  const publishFailed = counter(
    'publish_failed_total',
    'Messages that could not be stored.',
    BY_TOPIC,
  );
  const publishSeconds = histogram(
    'publish_duration_seconds',
    'Time from the call until its messages were durable.',
    BY_TOPIC,
  );
  const delivered = counter('delivered_total', 'Messages sent to daprd.', BY_GROUP);
  const deliverySeconds = histogram(
    'delivery_latency_seconds',
    'Time from the publish until the first delivery was sent, by the database clock.',
    BY_GROUP,
  );
  const acknowledged = counter('acknowledged_total', 'Messages that were handled.', BY_GROUP);
  const handlingSeconds = histogram(
    'handling_duration_seconds',
    'Time from sending a message until it was acknowledged.',
    BY_GROUP,
  );
  const retried = counter('retried_total', 'Deliveries that failed and are repeated.', BY_GROUP);
  const dead = counter('dead_total', 'Messages moved to the dead letters.', BY_GROUP);
  const inFlight = gauge('in_flight', 'Messages in flight to daprd.', BY_GROUP);
  const claims = counter('claims_total', 'Claims, by whether they returned messages.', [
    ...BY_GROUP,
    'result',
  ]);
  const leasesLost = counter(
    'leases_lost_total',
    'Leases that another subscriber took over.',
    BY_GROUP,
  );
  const wakeUps = counter('wake_ups_total', 'What woke the subscriptions.', [
    'component',
    'source',
  ]);
  const listening = gauge('listening', '1 while the component listens for notifications.', [
    'component',
  ]);
  const listenState = gauge('listen_state', '1 for the state that LISTEN is in.', [
    'component',
    'state',
  ]);
  const unread = gauge('unread', 'Unacknowledged messages, when last measured.', BY_GROUP);
  const oldestSeconds = gauge(
    'oldest_unread_age_seconds',
    'Age of the oldest unacknowledged message, when last measured.',
    BY_GROUP,
  );
  const inactiveSeconds = gauge(
    'group_inactive_seconds',
    'Since a subscriber of the group last looked for messages, when last measured.',
    BY_GROUP,
  );
  const givenUp = gauge(
    'group_given_up',
    '1: nobody subscribed for groupExpiry; what the group has not read may be gone.',
    BY_GROUP,
  );
  const byGroup = [unread, oldestSeconds, inactiveSeconds, givenUp];
  const logBytes = gauge('log_bytes', 'Size of the log on disk, when last measured.', [
    'component',
  ]);
  const measuredAt = gauge(
    'unread_measured_timestamp_seconds',
    'When the unread messages were last measured, Unix time.',
    ['component'],
  );

  const capInstances = createLabelCap(MAX_INSTANCES);
  const capTopics = createLabelCap(maxLabelled);
  const capGroups = createLabelCap(maxLabelled);
  const listeners = new Map<string, () => ListenerState>();

  function groupLabels(component: string, topicName: string, groupName: string): GroupLabels {
    const [topic = '', group = ''] = capGroups(topicName, groupName);
    return { component, topic, group };
  }

  /** Groups that share labels (`other`) share a sum, and the worst of the rest. */
  function sumsByLabels(component: string, groups: Backlog[]) {
    const sums = new Map<string, Backlog & { labels: GroupLabels }>();
    for (const one of groups) {
      const labels = groupLabels(component, one.topic, one.group);
      const key = JSON.stringify(labels);
      const sum = sums.get(key);
      sums.set(key, {
        ...one,
        labels,
        unread: one.unread + (sum?.unread ?? 0),
        oldestMs: Math.max(one.oldestMs, sum?.oldestMs ?? 0),
        inactiveMs: Math.max(one.inactiveMs, sum?.inactiveMs ?? 0),
        isGivenUp: one.isGivenUp || (sum?.isGivenUp ?? false),
      });
    }
    return sums.values();
  }

  function observe(name: string): ComponentObserver {
    const [component = ''] = capInstances(name);
    /** What this component added to gauges that components may share under `other`. */
    let inFlightHere: { labels: GroupLabels; count: number }[] = [];
    /** Groups whose unread messages are shown. */
    let measured: GroupLabels[] = [];
    let watched: (() => ListenerState) | undefined;
    let isOpen = true;
    return {
      wantsBacklog: true,
      published: (topicName, stored, failed, ms) => {
        const [topic = ''] = capTopics(topicName);
        published.inc({ component, topic }, stored);
        publishFailed.inc({ component, topic }, failed); // 0 too: see group()
        publishSeconds.observe({ component, topic }, ms / 1_000);
      },
      wokenUp: (source) => {
        wakeUps.inc({ component, source });
      },
      watchListening: (state) => {
        watched = state;
        listeners.set(component, state);
      },
      backlog: (groups, bytes) => {
        for (const labels of measured) for (const gauge of byGroup) gauge.remove(labels);
        measured = [];
        for (const sum of sumsByLabels(component, groups)) {
          measured.push(sum.labels);
          unread.set(sum.labels, sum.unread);
          oldestSeconds.set(sum.labels, sum.oldestMs / 1_000);
          inactiveSeconds.set(sum.labels, sum.inactiveMs / 1_000);
          givenUp.set(sum.labels, sum.isGivenUp ? 1 : 0);
        }
        logBytes.set({ component }, bytes);
        measuredAt.setToCurrentTime({ component });
      },
      group: (topic, group) => {
        const labels = groupLabels(component, topic, group);
        const here = { labels, count: 0 };
        inFlightHere.push(here);
        // From the start: a counter that begins with its first event shows no increase to Prometheus.
        for (const counted of [delivered, acknowledged, retried, dead, leasesLost])
          counted.inc(labels, 0);
        return {
          delivered: (latencyMs) => {
            delivered.inc(labels);
            if (latencyMs !== undefined) deliverySeconds.observe(labels, latencyMs / 1_000);
          },
          acknowledged: (handledMs) => {
            acknowledged.inc(labels);
            handlingSeconds.observe(labels, handledMs / 1_000);
          },
          retried: () => {
            retried.inc(labels);
          },
          dead: () => {
            dead.inc(labels);
          },
          inFlight: (change) => {
            if (!isOpen) return;
            here.count += change;
            inFlight.inc(labels, change);
          },
          claimed: (messages) => {
            claims.inc({ ...labels, result: messages > 0 ? 'messages' : 'empty' });
          },
          leasesLost: (count) => {
            leasesLost.inc(labels, count);
          },
        };
      },
      close: () => {
        isOpen = false;
        for (const { labels, count } of inFlightHere) inFlight.dec(labels, count);
        inFlightHere = [];
        if (listeners.get(component) !== watched) return; // its successor's
        listeners.delete(component);
        listening.remove({ component });
        for (const state of LISTEN_STATES) listenState.remove({ component, state });
      },
    };
  }

  function noteListening(): void {
    for (const [component, current] of listeners) {
      listening.set({ component }, current() === 'listening' ? 1 : 0);
      for (const state of LISTEN_STATES)
        listenState.set({ component, state }, current() === state ? 1 : 0);
    }
  }

  return {
    contentType: registry.contentType,
    text: () => {
      noteListening();
      return registry.metrics();
    },
    values: async () => {
      noteListening();
      // prom-client's types are those of its classes, not of its JSON
      return (await registry.getMetricsAsJSON()) as unknown as MetricValues[];
    },
    observe,
  };
}
