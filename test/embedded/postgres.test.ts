import { expect } from 'chai';
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, readFile, realpath, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../src/embedded/embedded-postgres.ts';
import { silentLogger } from '../../src/runtime/logger.ts';
import { argumentsFor } from '../support/cli/child.ts';
import { connect, isConnectionError } from '../../src/database/connection.ts';
import type { ConnectTarget } from '../../src/database/db.ts';

const holder = argumentsFor('test/embedded/hold-server.ts');

type Holder = {
  child: ChildProcessByStdio<Writable, Readable, null>;
  said: { pid: number; started: boolean };
};

/** Another process that has started or joined the server of `dataDir`. */
async function holdElsewhere(dataDir: string): Promise<Holder> {
  const child = spawn(process.execPath, [...holder, dataDir], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  for await (const line of createInterface(child.stdout))
    return { child, said: JSON.parse(line) as Holder['said'] };
  throw new Error('The other process ended without a word.');
}

async function letGo({ child }: Holder): Promise<void> {
  child.stdin.end();
  await once(child, 'exit');
}

async function kill({ child }: Holder): Promise<void> {
  child.kill('SIGKILL');
  await once(child, 'exit');
}

/** Whether a server answers there. */
async function answers(target: ConnectTarget): Promise<boolean> {
  const sql = connect(target, { max: 1 });
  try {
    await sql`select 1`;
    return true;
  } catch (error) {
    if (isConnectionError(error)) return false;
    throw error;
  } finally {
    await sql.end();
  }
}

async function query(target: ConnectTarget, text: string): Promise<unknown[]> {
  const sql = connect(target, { max: 1 });
  try {
    return [...(await sql.unsafe(text))];
  } finally {
    await sql.end();
  }
}

describe('embedded PostgreSQL', () => {
  let base: string;
  let dataDir: string;
  const started: EmbeddedPostgres[] = [];

  async function start(
    options: Partial<Parameters<typeof startEmbeddedPostgres>[0]> = {},
  ): Promise<EmbeddedPostgres> {
    const server = await startEmbeddedPostgres({ dataDir, ...options });
    started.push(server);
    return server;
  }

  async function removeData(directory: string): Promise<void> {
    const cluster = await realpath(join(directory, 'cluster')).catch(() => null);
    if (cluster !== null) await rm(cluster, { recursive: true, force: true });
    await rm(directory, { recursive: true, force: true });
  }

  before(async () => {
    base = await mkdtemp(join(tmpdir(), 'arcadia-embedded-'));
    await chmod(base, 0o755);
    dataDir = join(base, 'postgres');
  });

  afterEach(async () => {
    for (const server of started.splice(0)) await server.stop();
  });

  after(async () => {
    await removeData(dataDir);
    await rm(base, { recursive: true, force: true });
  });

  it('starts with durable, UTC and UTF-8 settings, and stops', async () => {
    const server = await start();
    const rows = await query(
      server.target,
      `select current_setting('fsync') as fsync, current_setting('synchronous_commit') as commit,
        current_setting('TimeZone') as zone, current_setting('server_encoding') as encoding,
        current_database() as database, current_setting('listen_addresses') as listens`,
    );
    expect(rows).to.deep.equal([
      { fsync: 'on', commit: 'on', zone: 'UTC', encoding: 'UTF8', database: 'arcadia', listens: '' },
    ]);
    expect(server.started).to.equal(true);
    await server.stop();
    expect(await answers(server.target)).to.equal(false);
  });

  it('is joined by a second process, and stopped by the last to leave', async () => {
    const mine = await start();
    const other = await holdElsewhere(dataDir);
    expect(other.said).to.deep.equal({ pid: mine.pid, started: false });
    await mine.stop();
    expect(await answers(mine.target)).to.equal(true);
    await letGo(other);
    expect(await answers(mine.target)).to.equal(false);
  });

  it('counts two users in one process, and each stop once', async () => {
    const first = await start();
    const second = await start();
    await first.stop();
    await first.stop();
    expect(await answers(second.target)).to.equal(true);
    await second.stop();
    expect(await answers(second.target)).to.equal(false);
  });

  it('outlives a user that was killed, which does not count for the next', async () => {
    const other = await holdElsewhere(dataDir);
    await kill(other);
    const mine = await start();
    expect({ pid: mine.pid, started: mine.started }).to.deep.equal({ pid: other.said.pid, started: false });
    await mine.stop();
    expect(await answers(mine.target)).to.equal(false);
  });

  it('starts again with every commit after the server itself was killed', async () => {
    const first = await start();
    await query(first.target, "create table kept (note text); insert into kept values ('committed')");
    process.kill(first.pid, 'SIGKILL');
    const second = await start();
    expect(second.started).to.equal(true);
    expect(await query(second.target, 'select note from kept')).to.deep.equal([{ note: 'committed' }]);
  });

  it('starts over a pid file and a socket lock that name some other living process', async () => {
    const first = await start();
    const { socketDir, logFile } = first;
    await first.stop();
    const cluster = dirname(logFile);
    await writeFile(
      join(cluster, 'postmaster.pid'),
      `${process.pid}\n${cluster}\n1\n5432\n${socketDir ?? ''}\n\n\nready\n`,
    );
    if (socketDir !== null) {
      await mkdir(socketDir, { recursive: true });
      await writeFile(join(socketDir, '.s.PGSQL.5432.lock'), `${process.pid}\n`);
    }
    const second = await start();
    expect(second.started).to.equal(true);
    expect(await answers(second.target)).to.equal(true);
  });

  it('makes one server of a race on an empty directory, whatever a killed start has left there', async () => {
    const fresh = join(base, 'race');
    await mkdir(join(fresh, 'draft-left-behind'), { recursive: true });
    try {
      const [mine, first, second] = await Promise.all([
        start({ dataDir: fresh }),
        holdElsewhere(fresh),
        holdElsewhere(fresh),
      ]);
      expect(new Set([mine.pid, first.said.pid, second.said.pid]).size).to.equal(1);
      expect([mine.started, first.said.started, second.said.started].filter(Boolean)).to.have.lengthOf(1);
      expect(await stat(join(fresh, 'draft-left-behind')).catch(() => null)).to.equal(null);
      await Promise.all([mine.stop(), letGo(first), letGo(second)]);
      expect(await answers(mine.target)).to.equal(false);
    } finally {
      await removeData(fresh);
    }
  });

  it('works below a private directory whose path is too long for a socket, and keeps its data', async () => {
    const secret = join(base, 'private');
    const deep = join(secret, 'x'.repeat(100), 'postgres');
    await mkdir(secret, { mode: 0o700 });
    try {
      const said: string[] = [];
      const first = await start({
        dataDir: deep,
        logger: {
          ...silentLogger,
          info: (message: unknown) => {
            said.push(String(message));
          },
        },
      });
      const cluster = await realpath(join(deep, 'cluster'));
      const note = await readFile(join(deep, 'data-is-elsewhere.txt'), 'utf8').catch(() => null);
      const isInside = cluster === join(await realpath(deep), 'cluster');
      // Root's server runs as another user, which cannot enter the folder; otherwise the data is inside.
      expect(isInside).to.equal(process.getuid?.() !== 0);
      expect([note?.includes(cluster), said.some((line) => line.includes(`is in ${cluster}`))]).to.deep.equal(
        isInside ? [undefined, false] : [true, true],
      );
      await query(first.target, 'create table kept (note text)');
      await first.stop();
      const second = await start({ dataDir: deep });
      expect(await query(second.target, 'select count(*) from kept')).to.deep.equal([{ count: 0 }]);
      expect((await stat(secret)).mode & 0o777).to.equal(0o700);
      await second.stop();
    } finally {
      await removeData(deep);
    }
  });

  it('listens on loopback with a password where asked to, as it does on Windows', async () => {
    const tcp = join(base, 'tcp');
    try {
      const server = await start({ dataDir: tcp, listen: 'tcp' });
      expect(server.target.host).to.equal('127.0.0.1');
      expect(await answers(server.target)).to.equal(true);
      let refusal: unknown = null;
      await query({ ...server.target, password: 'wrong' }, 'select 1').catch(
        (error: unknown) => (refusal = error),
      );
      expect(refusal).to.include({ code: '28P01' });
      expect(isConnectionError(refusal)).to.equal(false);
      await server.stop();
    } finally {
      await removeData(tcp);
    }
  });

  it('refuses data of another major version', async () => {
    const first = await start();
    await first.stop();
    const file = join(dirname(first.logFile), 'PG_VERSION');
    await writeFile(file, '12\n');
    let message = '';
    await start().catch((error: unknown) => (message = String(error)));
    await writeFile(file, '18\n');
    expect(message).to.contain('is of PostgreSQL 12, but PostgreSQL 18 is installed');
  });
});
