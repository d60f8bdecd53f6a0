/** Several nodes of one ledger, each a process of its own, on one database and one of the two logs. */
import { expect } from 'chai';
import type { Sql } from '../../src/database/db.ts';
import { idFrom } from '../../src/ledger/ids.ts';
import { readUpcast } from '../support/journal/read-upcast.ts';
import { startChild, type Child } from '../support/cli/child.ts';
import { rowsInMemory, tablesOf } from '../support/read-models/tables.ts';
import { createApi, type Api, type ApiAnswer, type Json } from '../support/http/api.ts';
import { startProtocolServer, type ProtocolServer } from '../support/journal/eventstoredb/index.ts';
import { createTestDatabase, type TestDatabase } from '../support/database/test-database.ts';
import { TEST_SECRET } from '../support/http/tokens.ts';
import { until } from '../support/runtime/until.ts';

export interface Node {
  child: Child;
  url: string;
  api: Api;
}

export interface Machines {
  database: TestDatabase;
  /** A connection outside the nodes. */
  sql: Sql;
  /** The EventStoreDB server, when the ledger's log is in EventStoreDB. */
  server: ProtocolServer | null;
  start(env?: Record<string, string>): Promise<Node>;
  close(): Promise<void>;
}

export async function startMachines(log: 'PostgreSQL' | 'EventStoreDB'): Promise<Machines> {
  const database = await createTestDatabase();
  const server = log === 'EventStoreDB' ? await startProtocolServer() : null;
  const children: Child[] = [];
  return {
    database,
    server,
    sql: database.connect(),
    async start(env = {}) {
      const child = startChild('test/machines/node.ts', [], {
        NODE_TARGET: JSON.stringify(database.target),
        JWT_SECRET: TEST_SECRET,
        RATE_LIMIT_PER_MINUTE: '1000000',
        SEED_CATALOG: 'false',
        ...(server === null ? {} : { EVENTSTORE_URL: server.url }),
        ...env,
      });
      children.push(child);
      const [, url = ''] = await child.says(/listens on (http:\/\/localhost:\d+)/);
      return { child, url, api: createApi(url) };
    },
    async close() {
      for (const child of children) child.kill('SIGKILL');
      await Promise.all(children.map(({ ended }) => ended));
      await database.drop();
      await server?.close();
    },
  };
}

/**
 * Creates a deployment, trying node after node until an answer is below 500. The answer to an attempt may be
 * lost with its node, so a repeated attempt may get a 409.
 */
export async function createDeployment(
  nodes: () => readonly Node[],
  slug: string,
): Promise<{ id: string; position: string | null }> {
  let attempts = 0;
  const send = (): Promise<ApiAnswer | undefined> => {
    const all = nodes();
    const node = all[attempts++ % all.length] as Node;
    return node.api
      .post('deployments', { tenant_id: 'hammer', slug, display_name: slug })
      .catch(() => undefined);
  };
  const answer = (await until(
    `an answer for ${slug}`,
    send,
    (given) => given !== undefined && given.status < 500,
  )) as ApiAnswer;
  expect(
    answer.status === 201 || (attempts > 1 && answer.status === 409),
    JSON.stringify(answer.body),
  ).to.equal(true);
  return { id: idFrom('deployment', 'hammer', slug), position: answer.headers.get('ledger-position') };
}

/** Ids of all deployments that a node lists, read at `position` or later. */
export async function deploymentsAt(node: Node, position: string | null = null): Promise<string[]> {
  const ids: string[] = [];
  for (let cursor = ''; ;) {
    const { status, body } = await node.api.get(
      `deployments?limit=500${cursor}`,
      position === null ? {} : { headers: { 'ledger-position': position } },
    );
    expect(status, JSON.stringify(body)).to.equal(200);
    ids.push(...body.data.map((row: Json) => row.id));
    if (body.next_cursor === null) return ids.sort();
    cursor = `&cursor=${encodeURIComponent(body.next_cursor)}`;
  }
}

/** Records each move of each checkpoint from now on; `doubled` returns moves to the same position. */
export async function watchCheckpoints(sql: Sql): Promise<{ doubled(): Promise<Json[]> }> {
  await sql`create table checkpoint_steps (name text, position bigint)`;
  await sql`create function note_step() returns trigger language plpgsql as $$ begin
    insert into checkpoint_steps values (new.name, new.position); return null; end $$`;
  await sql`create trigger note_step after update on projection_checkpoints for each row
    when (old.position is distinct from new.position) execute function note_step()`;
  return {
    doubled: async () => [
      ...(await sql`select name, position from checkpoint_steps group by name, position having count(*) > 1`),
    ],
  };
}

/**
 * Expects a journal without gaps whose read models hold the rows that its events define.
 */
export async function expectConsistent({ sql, server }: Machines): Promise<void> {
  const [shape] =
    await sql`select count(*) as n, coalesce(max(position), 0) as head, count(distinct id) as ids
      from journal`;
  expect(shape).to.deep.equal({ n: shape?.['head'], head: shape?.['head'], ids: shape?.['head'] });
  if (server !== null) {
    const events = server.events().filter((event) => !event.type.startsWith('$'));
    expect([
      ...(await sql`select id, source_position::text as at from journal order by position`),
    ]).to.deep.equal(events.map(({ id, position }) => ({ id, at: String(position) })));
  }
  const [live, expected] = [await tablesOf(sql), rowsInMemory(await readUpcast(sql), 1)];
  for (const [table, rows] of live) expect(rows, table).to.deep.equal(expected.get(table));
}

/** Which session holds the lock of each duty: of feeding the journal and the read models. */
export async function holders(sql: Sql): Promise<Map<string, number>> {
  const rows = await sql<{ lock: string; pid: number }[]>`
    select l.classid || ':' || l.objid as lock, l.pid from pg_locks l join pg_stat_activity a on a.pid = l.pid
    where l.locktype = 'advisory' and l.granted and a.datname = current_database()
      and a.application_name = 'arcadia-locks'`;
  return new Map(rows.map(({ lock, pid }) => [lock, pid]));
}

/** Waits until every duty in `before` is held by another session. */
export async function takenOver(sql: Sql, before: ReadonlyMap<string, number>): Promise<void> {
  await until(
    'every duty taken over',
    () => holders(sql),
    (now) => [...before].every(([lock, pid]) => now.has(lock) && now.get(lock) !== pid),
  );
}
