// Databases for tests: one embedded server for the whole run, a fresh database for each suite that asks.
import { createHash, randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ConnectTarget, Sql } from '../../../src/database/db.ts';
import { connect, type ConnectOptions } from '../../../src/database/connection.ts';
import { startEmbeddedPostgres } from '../../../src/embedded/embedded-postgres.ts';
import { pidExists } from '../../../src/embedded/processes.ts';

export type TestDatabase = {
  name: string;
  target: ConnectTarget;
  /** Opens a pool (default: 5 connections) that `drop` closes. */
  connect: (options?: ConnectOptions) => Sql;
  /** Closes the pools of `connect` and drops the database; a second call does nothing. */
  drop: () => Promise<void>;
};

type TestServer = { target: ConnectTarget; stop: () => Promise<void> };

/** The same server and credentials, another database. */
export function withDatabase(target: ConnectTarget, database: string): ConnectTarget {
  if (typeof target !== 'string') return { ...target, database };
  const url = new URL(target);
  url.pathname = `/${encodeURIComponent(database)}`;
  return url.href;
}

/**
 * The name of each database says which process made it, so that a later run can drop what a killed one has
 * left.
 */
const namePrefix = `arcadia_test_${process.pid}_`;

/**
 * A fresh database on TEST_DATABASE_URL's server, else on the embedded one. Ask in `before`, `drop` in
 * `after`. `template` names what `createTestTemplate` has prepared; the database then starts as its copy.
 */
export async function createTestDatabase({ template }: { template?: string } = {}): Promise<TestDatabase> {
  const { target } = await testServer();
  const name = namePrefix + randomBytes(6).toString('hex');
  await createDatabase(target, name, template === undefined ? null : await templateNamed(template));
  return testDatabase(target, name);
}

/**
 * Prepares a database once a run under a name that `createTestDatabase({ template })` takes: migrate or fill
 * it in `prepare`, which is not called again for a name that is known.
 */
export async function createTestTemplate(
  name: string,
  prepare: (database: TestDatabase) => Promise<void>,
): Promise<void> {
  const known = templates.get(name) ?? prepareTemplate(prepare);
  templates.set(name, known);
  await known;
}

/**
 * Drops the templates and leaves the server; the last process to leave stops it. Runs by itself at the end
 * under mocha.
 */
async function leaveTestServer(): Promise<void> {
  const leaving = server;
  if (leaving === null) return;
  const { target, stop } = await leaving;
  for (const template of templates.values())
    await dropDatabase(target, await template).catch(() => undefined);
  templates.clear();
  server = null;
  await stop();
}

let server: Promise<TestServer> | null = null;
const templates = new Map<string, Promise<string>>();

// Registered while the first test file that needs a database is loaded, this is a hook of the whole run. One
// of several processes of a run does not know which of its files is the last: they are ended, and the run
// itself clears up (whole-run.ts).
if (typeof after === 'function' && process.env['MOCHA_WORKER_ID'] === undefined)
  after('leave the test database server', leaveTestServer);

/**
 * Uses the server for as long as a run of several processes lasts; returns a function that leaves it and
 * removes the databases of those processes.
 */
export async function holdTestServer(): Promise<() => Promise<void>> {
  const { target, stop } = await startServer();
  return async () => {
    if (process.env['TEST_DATABASE_URL'] === undefined) await dropLeftovers(target);
    await stop();
  };
}

function testServer(): Promise<TestServer> {
  return (server ??= startServer());
}

async function startServer(): Promise<TestServer> {
  const url = process.env['TEST_DATABASE_URL'];
  if (url) return { target: url, stop: async () => undefined };
  // One for each checkout, kept between runs: making a cluster takes longer than most suites. Several runs at
  // once share it.
  const checkout = createHash('sha256')
    .update(dirname(fileURLToPath(import.meta.url)))
    .digest('hex')
    .slice(0, 8);
  const dataDir = join(tmpdir(), `arcadia-test-${process.getuid?.() ?? 'user'}-${checkout}`);
  const embedded = await startEmbeddedPostgres({
    dataDir,
    // No test asks this server what a failure of the machine leaves; killed, it loses nothing in this way
    // either. With fsync each dropped database waits for a checkpoint on the disk.
    settings: {
      max_connections: '300',
      shared_buffers: '128MB',
      fsync: 'off',
      full_page_writes: 'off',
      synchronous_commit: 'off',
    },
  });
  await dropLeftovers(embedded.target);
  return embedded;
}

function testDatabase(server: ConnectTarget, name: string): TestDatabase {
  const target = withDatabase(server, name);
  const pools: Sql[] = [];
  let dropped: Promise<void> | null = null;
  return {
    name,
    target,
    connect: (options) => {
      const sql = connect(target, { max: 5, applicationName: 'arcadia-cloud test', ...options });
      pools.push(sql);
      return sql;
    },
    drop: () => {
      dropped ??= Promise.all(pools.map((sql) => sql.end())).then(() => dropDatabase(server, name));
      return dropped;
    },
  };
}

async function prepareTemplate(prepare: (database: TestDatabase) => Promise<void>): Promise<string> {
  const { target } = await testServer();
  const name = `${namePrefix}template_${randomBytes(6).toString('hex')}`;
  await createDatabase(target, name, null);
  const database = testDatabase(target, name);
  const pools: Sql[] = [];
  await prepare({
    ...database,
    connect: (options) => {
      const sql = database.connect(options);
      pools.push(sql);
      return sql;
    },
  });
  // A database with open connections can't be copied.
  await Promise.all(pools.map((sql) => sql.end()));
  return name;
}

async function templateNamed(name: string): Promise<string> {
  const template = templates.get(name);
  if (template === undefined) throw new Error(`No template "${name}": call createTestTemplate first.`);
  return template;
}

async function createDatabase(target: ConnectTarget, name: string, template: string | null): Promise<void> {
  await asAdmin(target, async (sql) => {
    // Copied as files, a database takes a quarter of the processor time of a copy through the log.
    const copied = template === null ? sql`` : sql`template ${sql(template)} strategy file_copy`;
    await sql`create database ${sql(name)} ${copied}`;
  });
}

async function dropDatabase(target: ConnectTarget, name: string): Promise<void> {
  await asAdmin(target, async (sql) => {
    await sql`drop database if exists ${sql(name)} with (force)`;
  });
}

async function dropLeftovers(target: ConnectTarget): Promise<void> {
  const names = await asAdmin(
    target,
    (sql) =>
      sql<{ datname: string }[]>`select datname from pg_database where datname like 'arcadia\\_test\\_%'`,
  );
  for (const { datname } of names) {
    const pid = Number(datname.split('_')[2]);
    // Another run may be dropping the same one.
    if (!pidExists(pid)) await dropDatabase(target, datname).catch(() => undefined);
  }
}

async function asAdmin<T>(target: ConnectTarget, work: (sql: Sql) => Promise<T>): Promise<T> {
  const sql = connect(target, { max: 1, applicationName: 'arcadia-cloud test set-up' });
  try {
    return await work(sql);
  } finally {
    await sql.end();
  }
}
