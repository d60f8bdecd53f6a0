/**
 * Outages of the database at a chosen moment: a statement is held in its middle, then its backend or server
 * dies.
 */
import { expect } from 'chai';
import { setTimeout as delay } from 'node:timers/promises';
import { connect } from '../../../src/database/connection.ts';
import type { Sql } from '../../../src/database/db.ts';
import type { ApiAnswer, Json } from '../http/api.ts';
import type { TestLedger } from '../ledger/test-ledger.ts';
import { until } from '../runtime/until.ts';

/** A connection to a ledger's database outside the service's pools; end it in `after`. */
export function outsideOf({ sql }: TestLedger): Sql {
  const { path, host, port, user, pass, database } = sql.options;
  const server = {
    port: port[0] ?? 5432,
    user,
    database,
    ...(typeof pass === 'string' ? { password: pass } : {}),
  };
  return connect(
    typeof path === 'string' ? { ...server, path } : { ...server, host: host[0] ?? '127.0.0.1' },
    { max: 1, applicationName: 'arcadia-cloud trouble' },
  );
}

/** Holds back inserts into a table. */
export interface Hold {
  /** Resolves once a statement is held; it is in the middle of its transaction then. */
  reached(): Promise<void>;
  /** Lets everything through again. */
  lift(): Promise<void>;
}

/**
 * Holds the first statement that inserts a row for which `condition` (SQL over `new`) is true. The condition
 * sees the rows that the same statement has inserted before.
 * @param sql connections that are not among those under test
 */
export async function holdInserts(sql: Sql, table: string, condition: string): Promise<Hold> {
  await sql.unsafe(`
    create sequence held;
    create function hold_insert() returns trigger language plpgsql volatile as $$
    begin
      if ${condition} then
        if nextval('held') = 1 then perform pg_sleep(120); end if;
      end if;
      return new;
    end $$;
    create trigger hold_insert before insert on ${table} for each row execute function hold_insert()`);
  return {
    async reached() {
      await until(
        'a statement that is held',
        () => sql`
        select 1 from pg_stat_activity where datname = current_database() and wait_event = 'PgSleep'`,
        (held) => held.length > 0,
      );
    },
    async lift() {
      await sql.unsafe(
        `drop trigger hold_insert on ${table}; drop function hold_insert(); drop sequence held`,
      );
    },
  };
}

/** Ends every session of the database but that of `sql`, as an administrator's restart does. */
export async function terminateBackends(sql: Sql): Promise<void> {
  // One statement on one connection: it ends the other connections of this pool too.
  await sql`select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database()
    and backend_type = 'client backend' and pid <> pg_backend_pid()`;
}

/**
 * Waits until an outage is over for the service, too. The connections that it broke fail a query or two
 * within the quarter of a second in which their sockets still answer
 * (`src/database/postgres-repairs/two-step-close.ts`); a test that begins then would meet the outage of the
 * one before.
 */
export async function recovered({
  ledger,
  sql,
  log,
}: Pick<TestLedger, 'ledger' | 'sql' | 'log'>): Promise<void> {
  let good = 0;
  await until(
    'ten rounds of queries in a row without trouble',
    async () => {
      await delay(50);
      const queries = [
        ...Array.from({ length: 4 }, () => sql`select 1`),
        log.head(),
        log.read('nothing'),
        ledger.readLatest(async () => undefined),
      ];
      good = await Promise.all(queries).then(
        () => good + 1,
        () => 0,
      );
      return good;
    },
    (rounds) => rounds === 10,
  );
}

/** Expects a 503 with `Retry-After`. */
export function expectUnavailable({ status, headers, body }: ApiAnswer): void {
  expect(status, JSON.stringify(body)).to.equal(503);
  expect(headers.get('content-type')).to.contain('application/problem+json');
  expect(Number(headers.get('retry-after'))).to.be.greaterThan(0);
  expect(body.type).to.equal('urn:arcadia-cloud:problem:unavailable');
}

/** Sends a request again as long as the answer is a 503. */
export async function retryWhileAway(send: () => Promise<ApiAnswer>): Promise<ApiAnswer> {
  return until('an answer other than 503', send, ({ status }) => status !== 503);
}

/** Runs a job again as long as it fails because the database is away; returns its result. */
export async function rerunWhileAway(ledger: TestLedger, name: string, input: Json = {}): Promise<Json> {
  const { body } = await until(
    `${name} completed`,
    () => {
      ledger.clock.advance(60_000);
      return ledger.api.post(`jobs/${name}/run`, input);
    },
    (answer) => answer.status === 200 && answer.body.data.status === 'completed',
  );
  return body.data.result;
}

/** Expects a journal that is numbered 1..N, each stream from 0, and read models that have come to its end. */
export async function expectWhole(ledger: TestLedger, sql: Sql = ledger.sql): Promise<void> {
  const [gaps] =
    await sql`select count(*) as n, coalesce(max(position), 0) as head, count(distinct position) as positions
      from journal`;
  expect(gaps).to.deep.equal({ n: gaps?.['head'], head: gaps?.['head'], positions: gaps?.['head'] });
  const broken = await sql`select stream from journal group by stream having max(revision) + 1 <> count(*)
      or min(revision) <> 0`;
  expect([...broken]).to.deep.equal([]);
  await ledger.settled();
  const behind = await sql`select name, status, error from projection_checkpoints where status <> 'live'
      or position <> (select max(position) from journal)`;
  expect([...behind]).to.deep.equal([]);
}
