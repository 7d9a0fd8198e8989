// The schema's runner: what it applies, what it refuses, and that a database of the versions before the squash becomes the
// same as a new one.
import { randomUUID } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { withSchema } from '../src/database.ts';
import { BASELINE_REPLACES } from '../src/migration-baseline.ts';
import { migrate, SchemaMismatchError, schemaFiles, type SchemaFile } from '../src/migrate.ts';
import { createWorld, texts, type World } from './world.ts';
import { until } from '@todo/testing/sidecar-client';

const BEFORE = new URL('./schema-before-squash/', import.meta.url);

let world: World;
let schema: string;
beforeAll(async () => {
  world = await createWorld();
});
beforeEach(() => {
  schema = `s_${randomUUID().replaceAll('-', '')}`;
});
afterAll(() => world.close());

/** Does as the runner before the squash did. */
async function migrateBeforeSquash(files: string[] = readdirSync(BEFORE).sort()): Promise<void> {
  await world.sql(`create schema ${schema}`);
  await world.sql(
    `create table ${schema}.migrations (name text primary key, applied_at timestamptz not null default now())`,
  );
  for (const name of files) {
    await world.sql(withSchema(readFileSync(new URL(name, BEFORE), 'utf8'), schema));
    await world.sql(`insert into ${schema}.migrations (name) values ($1)`, [name]);
  }
}

/** All that a schema is made of, in the catalog's words, the schema's name left out. */
async function catalog(name: string): Promise<string[]> {
  const rows = await world.sql<{ line: string }>(
    `with n as (select oid from pg_namespace where nspname = $1),
     c as (select * from pg_class where relnamespace = (select oid from n))
     select format('relation %s %s %s %s %s', relname, relkind, relpersistence, reloptions, pg_get_expr(relpartbound, oid)) as line from c
     union all
     select format('column %s.%s %s %s %s %s %s', c.relname, a.attnum, a.attname, format_type(a.atttypid, a.atttypmod),
       a.attnotnull, a.attidentity, pg_get_expr(d.adbin, d.adrelid))
       from c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
       left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
     union all
     select format('constraint %s %s %s', c.relname, k.conname, pg_get_constraintdef(k.oid)) from c join pg_constraint k on k.conrelid = c.oid
     union all
     select format('index %s', pg_get_indexdef(i.indexrelid)) from c join pg_index i on i.indexrelid = c.oid
     union all
     select format('sequence %s %s %s %s', c.relname, format_type(s.seqtypid, null), s.seqstart, s.seqincrement) from c join pg_sequence s on s.seqrelid = c.oid
     union all
     select format('function %s %s %s', pg_get_functiondef(p.oid), p.proacl, obj_description(p.oid)) from pg_proc p where p.pronamespace = (select oid from n)
     union all
     select format('trigger %s %s', c.relname, pg_get_triggerdef(t.oid)) from c join pg_trigger t on t.tgrelid = c.oid and not t.tgisinternal
     union all
     select format('type %s %s', t.typname, t.typtype) from pg_type t where t.typnamespace = (select oid from n)`,
    [name],
  );
  const segments = await world.sql<{ segment: number; is_current: boolean }>(
    `select segment, is_current from ${name}.segments order by 1`,
  );
  const origin = await world.sql<{ cluster: string }>(`select cluster from ${name}.origin`);
  return [
    ...rows.map((row) => row.line.replaceAll(name, 'SCHEMA')).sort(),
    JSON.stringify([segments, origin]),
  ];
}

describe('from before the squash', () => {
  test('a database of those migrations becomes the same as a new one', async () => {
    await migrateBeforeSquash();
    const applied = await migrate(world.url, schema);
    expect(applied.every((name) => name.startsWith('sql/'))).toBe(true);
    const upgraded = await catalog(schema);
    const fresh = `${schema.slice(0, 20)}_fresh`;
    await migrate(world.url, fresh);
    expect(upgraded.length).toBeGreaterThan(150);
    expect(upgraded).toEqual(await catalog(fresh));
    expect(await migrate(world.url, schema)).toEqual([]);
  });

  test('the migrations listed as replaced are the ones that there were', () => {
    expect(readdirSync(BEFORE).sort()).toEqual(BASELINE_REPLACES);
  });

  test('what was published before it is delivered after it', async () => {
    await migrateBeforeSquash();
    await world.sql(`select ${schema}.publish('orders', '{"order":1}')`);
    const replica = await world.replica({ schema });
    const pull = replica.pull('orders');
    await until('it is delivered', () => pull.received.length > 0);
    expect(texts(pull.received)[0]).toContain('"data":{"order":1}');
    await replica.stop();
  });

  test('a database that lacks some of them is refused, and left as it was', async () => {
    await migrateBeforeSquash(readdirSync(BEFORE).sort().slice(0, 9));
    await expect(migrate(world.url, schema)).rejects.toThrow(
      /development version, without 0010_publish_in_transaction.sql, 0012_listener_groups.sql/,
    );
    expect(
      await world.sql(`select * from ${schema}.migrations where name = '0001_tables.sql'`),
    ).toEqual([]);
  });
});

describe('a migration', () => {
  const table: SchemaFile = {
    name: '0002_example.sql',
    text: 'create table dapr_pubsub.example (a int);',
    repeatable: false,
  };

  test('is applied once', async () => {
    const files = [...schemaFiles(), table];
    expect(await migrate(world.url, schema)).not.toContain(table.name);
    expect(await migrate(world.url, schema, files)).toEqual([table.name]);
    expect(await migrate(world.url, schema, files)).toEqual([]);
  });

  test.each([
    ['a new column', 'create table dapr_pubsub.example (a int, b int);'],
    ['a comment', `-- changed\n${table.text}`],
    ['nothing left', ''],
    ['a space', `${table.text} `],
  ])('that was changed after it was applied is refused: %s', async (_, text) => {
    await migrate(world.url, schema, [...schemaFiles(), table]);
    const later = { name: '0003_later.sql', text: 'select 1', repeatable: false };
    const changed = migrate(world.url, schema, [...schemaFiles(), { ...table, text }, later]);
    await expect(changed).rejects.toThrow(SchemaMismatchError);
    await expect(changed).rejects.toThrow(/0002_example.sql was changed after it was applied/);
    expect(
      await world.sql(`select name from ${schema}.migrations where name like '0003%'`),
    ).toEqual([]);
  });

  test('that fails leaves nothing of this start behind', async () => {
    const broken = { name: '0003_broken.sql', text: 'select no_such_column', repeatable: false };
    await expect(migrate(world.url, schema, [...schemaFiles(), table, broken])).rejects.toThrow(
      /no_such_column/,
    );
    const [row] = await world.sql<{ there: boolean }>(
      'select to_regnamespace($1) is not null as there',
      [schema],
    );
    expect(row!.there).toBe(false);
  });

  test('that was changed makes Init fail with the words', async () => {
    await migrate(world.url, schema);
    await world.sql(
      `update ${schema}.migrations set checksum = 'other' where name = '0001_tables.sql'`,
    );
    await expect(world.replica({ schema })).rejects.toThrow(/0001_tables.sql was changed after/);
  });
});

describe('a function', () => {
  const answer = (n: number): SchemaFile => ({
    name: 'sql/answer.sql',
    text: `create or replace function dapr_pubsub.answer() returns int language sql as $$ select ${n} $$`,
    repeatable: true,
  });
  const answered = async (): Promise<number> =>
    (await world.sql<{ n: number }>(`select ${schema}.answer() as n`))[0]!.n;

  test('is applied again when its text changed, and only then', async () => {
    expect(await migrate(world.url, schema, [...schemaFiles(), answer(1)])).toContain(
      'sql/answer.sql',
    );
    expect(await migrate(world.url, schema, [...schemaFiles(), answer(1)])).toEqual([]);
    expect(await migrate(world.url, schema, [...schemaFiles(), answer(2)])).toEqual([
      'sql/answer.sql',
    ]);
    expect(await answered()).toBe(2);
  });

  test('a process of the version before does not put its text back', async () => {
    for (const n of [1, 2, 3]) await migrate(world.url, schema, [...schemaFiles(), answer(n)]);
    for (const n of [1, 2])
      expect(await migrate(world.url, schema, [...schemaFiles(), answer(n)])).toEqual([]);
    expect(await answered()).toBe(3);
  });

  test('may call one that a later file makes', async () => {
    const caller = {
      name: 'sql/a_caller.sql',
      text: 'create or replace function dapr_pubsub.a_caller() returns int language sql as $$ select dapr_pubsub.answer() $$',
      repeatable: true,
    };
    await migrate(world.url, schema, [...schemaFiles(), caller, answer(7)]);
    expect(await world.sql(`select ${schema}.a_caller() as n`)).toEqual([{ n: 7 }]);
  });

  test('keeps the rights that were granted on it', async () => {
    await migrate(world.url, schema, [...schemaFiles(), answer(1)]);
    const role = `reader_${schema}`;
    await world.sql(`create role ${role}`);
    await world.sql(
      `grant execute on function ${schema}.publish(text, json, text, json) to ${role}`,
    );
    const files = schemaFiles().map((file) =>
      file.name === 'sql/publish.sql' ? { ...file, text: `${file.text}\n-- changed` } : file,
    );
    expect(await migrate(world.url, schema, files)).toEqual(['sql/publish.sql']);
    const [row] = await world.sql<{ may: boolean; anyone: boolean }>(
      `select has_function_privilege($1, p.oid, 'execute') as may,
         exists (select from aclexplode(p.proacl) a where a.grantee = 0) as anyone
       from pg_proc p where p.pronamespace = $2::regnamespace and p.proname = 'publish'`,
      [role, schema],
    );
    expect(row).toEqual({ may: true, anyone: false });
    await world.sql(`drop owned by ${role}; drop role ${role}`);
  });

  test.each(schemaFiles().filter((file) => file.repeatable))(
    '$name makes the one function that it is named after',
    ({ name, text }) => {
      const made = [...text.matchAll(/^create .*?function dapr_pubsub\.(\w+)/gm)];
      expect(made.map((match) => `sql/${match[1]}.sql`)).toEqual([name]);
      expect(text).toMatch(/^create or replace function/m);
      expect(text.startsWith('-- ')).toBe(true);
    },
  );
});
