// What each consumer owes its sidecar, as tests that each consumer runs with an event of its own: no caller without the
// token, one effect whatever is delivered twice, RETRY while the database is away, poison to the dead letters, and dead
// letters that can be replayed or discarded.
import { expect, it } from 'vitest';
import { TOKEN } from './consumer-under-test.ts';
import type { ConsumerUnderTest, Envelope } from './consumer-under-test.ts';

/** Registers the tests. */
export function itKeepsTheDeliveryContract(
  consumer: () => ConsumerUnderTest,
  example: {
    /** A new event that has one effect. */
    event: () => Envelope;
    /** How many effects that event had. */
    effects: (event: Envelope) => Promise<number>;
  },
): void {
  const letterOf = async (event: Envelope) =>
    (await consumer().deadLetters()).find(
      (letter) => letter.eventId === event.id && letter.eventSource === event.source,
    );
  const resolve = async (id: string, how: 'replay' | 'discard') =>
    await consumer().ask('POST', `/ops/dead-letters/${id}/${how}`);

  it('refuses deliveries and operators without the sidecar’s token', async () => {
    const event = example.event();
    for (const headers of [
      {},
      { 'dapr-api-token': 'wrong' },
      { 'dapr-api-token': TOKEN.slice(1) },
    ]) {
      for (const path of [`/events/${event.topic}`, '/events/dead']) {
        const answer = await consumer()
          .app()
          .inject({
            method: 'POST',
            url: path,
            headers: { 'content-type': 'application/cloudevents+json', ...headers },
            payload: JSON.stringify(event),
          });
        expect([path, answer.statusCode]).toEqual([path, 401]);
      }
      expect((await consumer().ask('GET', '/ops/dead-letters', undefined, headers)).status).toBe(
        401,
      );
    }
    // what another app sends through its sidecar is no delivery, and only the backend asks for operators
    for (const caller of ['recurring-service', 'todo-backend', 'somebody-else'])
      for (const path of [`/events/${event.topic}`, '/events/dead', '/ops/dead-letters']) {
        const answer = await consumer()
          .app()
          .inject({
            method: path.startsWith('/ops') ? 'GET' : 'POST',
            url: path,
            headers: { 'dapr-api-token': TOKEN, 'dapr-caller-app-id': caller },
          });
        const isBackend = path.startsWith('/ops') && caller === 'todo-backend';
        expect([path, caller, answer.statusCode]).toEqual([path, caller, isBackend ? 200 : 403]);
      }
    expect(await example.effects(event)).toBe(0);
  });

  it('B01: one effect, delivered in parallel, again, and again after a restart', async () => {
    const event = example.event();
    const answers = await Promise.all(Array.from({ length: 5 }, () => consumer().deliver(event)));
    answers.push(await consumer().deliver(event));
    await consumer().restart();
    answers.push(await consumer().deliver(event));
    expect(new Set(answers)).toEqual(new Set(['SUCCESS']));
    expect(await example.effects(event)).toBe(1);
  });

  it('B02: RETRY while the database is away; then every event has its effect, once', async () => {
    const events = Array.from({ length: 3 }, () => example.event());
    await consumer().outage.down();
    try {
      for (const event of events) expect(await consumer().deliver(event)).toBe('RETRY');
    } finally {
      await consumer().outage.up();
    }
    for (const event of events) expect(await example.effects(event)).toBe(0);
    for (const event of [...events, ...events])
      expect(await consumer().deliver(event)).toBe('SUCCESS');
    for (const event of events) expect(await example.effects(event)).toBe(1);
  });

  it('a dead letter waits through a failing database too', async () => {
    const event = { ...example.event(), type: 'todo.nobody.knows.v1' };
    await consumer().outage.down();
    try {
      expect(await consumer().deliver(event, 'dead')).toBe('RETRY');
    } finally {
      await consumer().outage.up();
    }
    expect(await consumer().deliver(event, 'dead')).toBe('SUCCESS');
    expect(await letterOf(event)).toMatchObject({ status: 'waiting', times: 1 });
  });

  it.each([
    ['an unknown version', { type: 'todo.task.created.v99' }],
    ['data that is not the type’s', { data: { userId: '' } }],
    ['data that is text', { data: 'hello' }],
  ])('poison (%s): DROP, kept with its reason, discarded once', async (_what, wrong) => {
    const event = { ...example.event(), ...wrong };
    expect(await consumer().deliver(event)).toBe('DROP');
    expect(await consumer().deliver(event, 'dead')).toBe('SUCCESS');
    const letter = await letterOf(event);
    expect(letter).toMatchObject({ status: 'waiting', topic: event.topic });
    expect(letter!.reason).not.toBe('');
    expect(JSON.parse(letter!.event)).toEqual(event);
    expect((await resolve(letter!.id, 'replay')).status).toBe(422);
    expect(await letterOf(event)).toMatchObject({ status: 'waiting' });
    expect((await resolve(letter!.id, 'discard')).status).toBe(200);
    expect((await resolve(letter!.id, 'discard')).status).toBe(409);
    expect(await example.effects(event)).toBe(0);
  });

  it('a dead letter that can be handled by now is replayed: one effect, also if it is delivered later', async () => {
    const event = example.event();
    expect(await consumer().deliver(event, 'dead')).toBe('SUCCESS');
    const letter = await letterOf(event);
    const answers = [await resolve(letter!.id, 'replay'), await resolve(letter!.id, 'replay')];
    expect(answers.map(({ status }) => status)).toEqual([200, 409]);
    expect(await consumer().deliver(event)).toBe('SUCCESS');
    expect(await example.effects(event)).toBe(1);
  });
}
