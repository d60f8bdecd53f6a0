import { expect } from 'chai';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, open, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Sql } from '../../src/database/db.ts';
import { connect } from '../../src/database/connection.ts';
import { startEmbeddedPostgres, type EmbeddedPostgres } from '../../src/embedded/embedded-postgres.ts';
import { migrate, readMigrations } from '../../src/database/migrate.ts';
import { migrationsFolder } from '../../src/open-ledger.ts';
import { fillJournal } from '../support/journal/journal-rows.ts';
import type { Json } from '../support/http/api.ts';
import { argumentsFor, runChild, startChild, type Child } from '../support/cli/child.ts';
import { until } from '../support/runtime/until.ts';

describe('arcadia events export', () => {
  const events = 30_000;
  let server: EmbeddedPostgres;
  let sql: Sql;
  let folder: string;
  let env: Record<string, string>;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'arcadia-export-'));
    server = await startEmbeddedPostgres({ dataDir: join(folder, 'postgres') });
    sql = connect(server.target, { max: 2 });
    await migrate(sql, await readMigrations(migrationsFolder));
    await fillJournal(sql, events, 1_000);
    env = { ARCADIA_DATA: folder, JWT_SECRET: 'x'.repeat(64) };
  });
  after(async () => {
    await sql.end();
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  });

  const run = (...args: string[]) => runChild('src/cli.ts', ['events', 'export', ...args], env);
  /** Waits until a file contains the beginning of an export. */
  const grown = async (file: string, child: Child): Promise<void> => {
    let ended = false;
    void child.ended.then(() => {
      ended = true;
    });
    await until(
      'a megabyte of export',
      async () => ended || (await stat(file).catch(() => ({ size: 0 }))).size >= 1_000_000,
    );
  };
  const linesOf = (text: string): Json[] =>
    text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
  const positions = (first: number, last: number): number[] =>
    Array.from({ length: last - first + 1 }, (_, n) => first + n);

  it('writes only events to standard output, and progress to standard error', async () => {
    const { code, stdout, stderr } = await run();
    expect([code, stderr.includes(`${events} events exported`)], stderr).to.deep.equal([0, true]);
    expect(stderr).to.match(/exporting .*30000/);
    const lines = linesOf(stdout);
    expect(lines.pop()).to.deep.equal({ complete: true, events, position: events });
    expect(lines.map(({ position }) => position)).to.deep.equal(positions(1, events));
    const [row] = await sql<
      { data: Json; id: string }[]
    >`select data, id from journal where position = ${events}`;
    expect(lines.at(-1)).to.deep.include({ data: row?.data, id: row?.id });
  });

  it('takes every filter', async () => {
    const { stdout } = await run(
      '--after',
      '29000',
      '--type',
      'PlanCreated',
      '--actor',
      'ann',
      '--recorded-from',
      '2026-05-01T08:15:00Z',
      '--recorded-to',
      '2026-05-01T08:20:00Z',
    );
    expect(linesOf(stdout).map(({ complete, position }) => complete ?? position)).to.deep.equal([
      ...[29750, 29820, 29890, 29960].filter((at) => at >= 29_700 && at <= 30_000),
      true,
    ]);
    const one = await run('--stream', 'stream-5', '--correlation-id', 'request-335');
    expect(linesOf(one.stdout).map(({ complete, position }) => complete ?? position)).to.deep.equal([
      1005,
      true,
    ]);
  });

  it('continues the file of a killed export, and appends new events to a complete one', async () => {
    const file = join(folder, 'audit.ndjson');
    const child = startChild('src/cli.ts', ['events', 'export', '--out', file], env);
    await grown(file, child);
    child.kill('SIGKILL');
    expect(await child.ended).to.equal(-1);
    const cut = (await stat(file)).size;
    // Cuts the last line, which the kill may not have done.
    await truncate(file, cut - 7);
    expect((await run('--out', file)).code).to.equal(0);
    const whole = linesOf(await readFile(file, 'utf8'));
    expect(whole.pop()).to.deep.equal({ complete: true, events, position: events });
    expect(whole.map(({ position }) => position)).to.deep.equal(positions(1, events));

    await fillJournal(sql, 10, 100);
    const second = await run('--after', '100', '--out', file);
    expect(
      [
        second.code,
        second.stderr.includes(`10 events exported in`),
        second.stderr.includes(`the file holds ${events + 10}.`),
      ],
      second.stderr,
    ).to.deep.equal([0, true, true]);
    const more = linesOf(await readFile(file, 'utf8'));
    expect(more.pop()).to.deep.equal({ complete: true, events: events + 10, position: events + 10 });
    expect(more.map(({ position }) => position)).to.deep.equal(positions(1, events + 10));
    const rows = await sql<{ id: string }[]>`select id from journal order by position`;
    expect(JSON.stringify(more.map(({ id }) => id)) === JSON.stringify(rows.map(({ id }) => id))).to.equal(
      true,
    );
    expect((await run('--out', file)).code, 'once more, with nothing to add').to.equal(0);
    expect(linesOf(await readFile(file, 'utf8')).at(-1)).to.deep.equal({
      complete: true,
      events: events + 10,
      position: events + 10,
    });
  });

  it('continues a file that a shell appends to, and keeps other content of a file', async () => {
    const appended = async (file: string): Promise<number> => {
      const handle = await open(file, 'a');
      const child = spawn(
        process.execPath,
        [...argumentsFor('src/cli.ts'), 'events', 'export', '--after', '29900'],
        { stdio: ['ignore', handle.fd, 'ignore'], env: { ...process.env, ...env } },
      );
      const [code] = (await once(child, 'exit')) as [number];
      await handle.close();
      return code;
    };
    const file = join(folder, 'appended.ndjson');
    for (let n = 0; n < 2; n++) expect(await appended(file)).to.equal(0);
    const lines = linesOf(await readFile(file, 'utf8'));
    expect(lines.pop()).to.deep.equal({ complete: true, events: 110, position: events + 10 });
    expect(lines.map(({ position }) => position)).to.deep.equal(positions(29_901, events + 10));

    const diary = join(folder, 'diary.txt');
    await writeFile(diary, 'dear diary\n');
    expect(await appended(diary)).to.equal(0);
    const [first, ...rest] = (await readFile(diary, 'utf8')).trimEnd().split('\n');
    expect([first, rest.length, JSON.parse(rest.at(-1) ?? '')]).to.deep.equal([
      'dear diary',
      111,
      { complete: true, events: 110, position: events + 10 },
    ]);
  });

  it('refuses to continue an export of another ledger', async () => {
    const other = join(folder, 'other.ndjson');
    await writeFile(
      other,
      `{"position":90000,"stream":"s"}\n{"complete":true,"events":1,"position":90000}\n`,
    );
    const before = await readFile(other, 'utf8');
    const { code, stderr } = await run('--out', other);
    expect([code, stderr.includes('another ledger')], stderr).to.deep.equal([2, true]);
    expect(await readFile(other, 'utf8')).to.equal(before);
  });

  it('stops on SIGINT, and can be continued', async () => {
    const file = join(folder, 'stopped.ndjson');
    const child = startChild('src/cli.ts', ['events', 'export', '--out', file], env);
    await grown(file, child);
    child.kill('SIGINT');
    expect(await child.ended).to.equal(130);
    expect((await readFile(file, 'utf8')).includes('"complete"')).to.equal(false);
    expect((await run('--out', file)).code).to.equal(0);
    expect(linesOf(await readFile(file, 'utf8'))).to.have.length(events + 10 + 1);
  });

  it('refuses mistaken arguments, and leaves a file that is not an export untouched', async () => {
    const notes = join(folder, 'notes.txt');
    await writeFile(notes, 'dear diary\n');
    for (const [args, message] of [
      [
        ['--type', 'InvoiceIsued', '--recorded-from', 'soon'],
        '--type: no such event type; did you mean InvoiceIssued',
      ],
      [['--after', 'x'], 'expected a position'],
      [['--recorded-from', '2026-05-02', '--recorded-to', '2026-05-01'], 'before --recorded-from'],
      [['--out', notes], 'something else than an export'],
    ] as const) {
      const { code, stderr } = await run(...args);
      expect([code, stderr.includes(message)], stderr).to.deep.equal([2, true]);
    }
    expect(await readFile(notes, 'utf8')).to.equal('dear diary\n');
    const audit = join(folder, 'short.ndjson');
    await writeFile(audit, '{"position":5,"stream":"s"}\n');
    const { code, stderr } = await run('--after', '6', '--out', audit);
    expect([code, stderr.includes('ends at position 5')], stderr).to.deep.equal([2, true]);
  });
});
