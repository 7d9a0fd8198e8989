// A thousand tool calls that no sensible client would make, by three people at once: never a crash, never a hang, never
// anything of somebody else. The seed is fixed, so a failure repeats: RANDOM_SEED sets another.
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TOOLS } from '../src/tools/all-tools.ts';
import { startTestBackend } from '@todo/testing/backend-under-test';
import type { TestBackend } from '@todo/testing/backend-under-test';

const CALLS = 1_000;
const PEOPLE = ['anna', 'ben', 'carla'] as const;
const SEED = Number(process.env['RANDOM_SEED'] ?? 20_270_517);

/** mulberry32: the same numbers for the same seed, on every machine. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let n = Math.imul(state ^ (state >>> 15), 1 | state);
    n = (n + Math.imul(n ^ (n >>> 7), 61 | n)) ^ n;
    return ((n ^ (n >>> 14)) >>> 0) / 4_294_967_296;
  };
}

function isNeeded(name: string, all: readonly string[]): boolean {
  if (name === 'title') return !all.includes('id');
  if (name === 'list') return !all.includes('title') && !all.includes('status');
  return /^(id|ids|name|query|tasks)$/.test(name);
}

describe('random tool calls', { timeout: 240_000 }, () => {
  let t: TestBackend;
  const clients = new Map<string, Client>();
  beforeAll(async () => {
    t = await startTestBackend();
    const url = new URL('/mcp', await t.backend.app.listen({ host: '127.0.0.1', port: 0 }));
    for (const person of PEOPLE) {
      const client = new Client(
        { name: 'random', version: '1' },
        { versionNegotiation: { mode: person === 'ben' ? 'legacy' : 'auto' } },
      );
      await client.connect(
        new StreamableHTTPClientTransport(url, {
          requestInit: { headers: { authorization: `Bearer ${await t.token(person)}` } },
        }),
      );
      clients.set(person, client);
    }
  });
  afterAll(async () => {
    await Promise.all([...clients.values()].map((client) => client.close()));
    await t.close();
  });

  it(`${CALLS} calls (seed ${SEED}): no crash, and nobody sees or changes what is another's`, async () => {
    const next = random(SEED);
    const pick = <T>(from: readonly T[]): T => from[Math.floor(next() * from.length)] as T;
    /** Ids that were given out, of everybody: each may be used by anybody. */
    const ids = ['0198f3c0-0000-7000-8000-000000000000'];
    const texts = [
      '',
      ' ',
      'x',
      'milk %_\\ "quoted',
      '\0',
      '\ud83d',
      'ÉCOLE 😀 שלום',
      'a'.repeat(600),
      "'); DROP TABLE todo.tasks;--",
      '${7*7}',
      '../../etc/passwd',
      '__proto__',
    ];
    const dates = [
      '2027-05-17',
      '2027-02-30',
      '2027-05-17T09:00',
      '2027-03-28T02:30',
      '2027-05-17T09:00:00Z',
      '9999-12-31',
      '0000-01-01',
      'tomorrow',
      '-1',
    ];
    const others: unknown[] = [null, true, -1, 0, 1e308, NaN, [], {}, [[]], { $ne: null }];
    const rules = [
      'FREQ=DAILY',
      'FREQ=MONTHLY;BYMONTHDAY=31;COUNT=3',
      'FREQ=WEEKLY;BYDAY=MO,XX',
      'FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30',
      'FREQ=SECONDLY',
      'FREQ=DAILY;INTERVAL=999999999',
    ];
    const value = (name: string, who: string): unknown => {
      if (next() < 0.12) return pick(others);
      if (/^(id|parentId)$/.test(name)) return pick(ids);
      if (name === 'ids') return Array.from({ length: Math.floor(next() * 4) }, () => pick(ids));
      if (/^due|^completedAt/.test(name) && name !== 'dueZone') return pick(dates);
      if (name === 'repeat') return pick(rules);
      if (name === 'repeatFrom') return pick(['due', 'completion', 'never']);
      if (name === 'priority') return pick(['none', 'high', 'urgent']);
      if (name === 'dueZone') return pick(['Asia/Tokyo', 'Europe/Berlin', 'Mars/Olympus']);
      if (name === 'reminders') return [pick(['PT1H', 'P1D', 'P99999Y', 'soon', pick(dates)])];
      if (name === 'tags') return [pick(texts), `tag-of-${who}`];
      if (name === 'list') return pick([...ids, `list-of-${who}`, pick(texts)]);
      if (name === 'tasks')
        return Array.from({ length: 1 + Math.floor(next() * 3) }, () =>
          fields(shape('add_task'), who),
        );
      if (name === 'changes') return fields(shape('update_task'), who);
      if (/^(limit|count|ifVersion)$/.test(name)) return pick([1, 2, 5, 0, -3, 1.5, 10_000]);
      if (name === 'title') return `${pick(texts)} title-of-${who}`;
      if (name === 'name') return `list-of-${who}`;
      if (name === 'query') return pick(['title-of', pick(texts)]);
      if (name === 'status') return pick(['open', 'done', 'all', 'gone']);
      if (name === 'cursor')
        return pick(['xx', Buffer.from('["due","x","y"]').toString('base64url')]);
      return pick(texts);
    };
    const fields = (names: readonly string[], who: string): Record<string, unknown> => {
      const made: Record<string, unknown> = {};
      for (const name of names)
        // what a tool can not do without is mostly there, so that many calls get through
        if (next() < (isNeeded(name, names) ? 0.95 : 0.12)) made[name] = value(name, who);
      if (next() < 0.04) made[pick(['userId', '__proto__', 'constructor', 'extra'])] = 'anna';
      return made;
    };
    const shape = (name: string): string[] =>
      Object.keys(TOOLS.find((tool) => tool.name === name)?.input.shape ?? {});

    const outcomes = { done: 0, refused: 0 };
    const calls = Array.from({ length: CALLS }, (_, index) => {
      const who = pick(PEOPLE);
      // as many tasks are added as are taken away
      const tool = index < 60 ? 'add_task' : pick(TOOLS).name;
      return { who, tool, input: () => fields(shape(tool), who) };
    });
    for (let at = 0; at < CALLS; at += 10)
      await Promise.all(
        calls.slice(at, at + 10).map(async ({ who, tool, input }) => {
          const given = input();
          const said = `${who} ${tool} ${JSON.stringify(given)}`;
          const result = await clients.get(who)!.callTool({ name: tool, arguments: given });
          const text = JSON.stringify(result);
          for (const other of PEOPLE)
            if (other !== who)
              expect(text, said).not.toMatch(new RegExp(`(title|list|tag)-of-${other}`));
          expect(text, said).not.toMatch(/Internal error|node_modules|\bat \/|SELECT /);
          for (const [, id] of text.matchAll(/\\?"id\\?":\\?"([0-9a-f-]{36})/g))
            if (id !== undefined && ids.length < 400) ids.push(id);
          outcomes[result.isError === true ? 'refused' : 'done'] += 1;
        }),
      );
    // the calls were neither all nonsense nor all sensible
    expect(outcomes.done).toBeGreaterThan(CALLS * 0.2);
    expect(outcomes.refused).toBeGreaterThan(CALLS * 0.2);
    for (const { text, owner } of await stored())
      for (const other of PEOPLE)
        if (other !== owner) expect(text).not.toMatch(new RegExp(`(title|list|tag)-of-${other}`));
    const after = await clients
      .get('anna')!
      .callTool({ name: 'add_task', arguments: { title: 'still here' } });
    expect(after.isError).toBeUndefined();
  });

  async function stored(): Promise<{ text: string; owner: string }[]> {
    const { rows } = await t.pool.query<{ text: string; owner: string }>(
      `SELECT to_jsonb(x)::text AS text, user_id AS owner FROM todo.tasks x
       UNION ALL SELECT to_jsonb(x)::text, user_id FROM todo.lists x`,
    );
    expect(rows.length).toBeGreaterThan(20);
    return rows;
  }
});
