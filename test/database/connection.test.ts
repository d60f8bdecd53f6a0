import { expect } from 'chai';
import { connect, isConnectionError } from '../../src/database/connection.ts';
import type { Sql } from '../../src/database/db.ts';
import { plainArray, textArray } from '../../src/database/pg-array.ts';
import { int8, timestamptz } from '../../src/database/wire-types.ts';
import { createTestDatabase, withDatabase } from '../support/database/test-database.ts';
import type { TestDatabase } from '../support/database/test-database.ts';
import { openRelay } from '../support/database/relay.ts';
import type { Relay } from '../support/database/relay.ts';

/** What a promise was rejected with; fails when it wasn't. */
async function rejectionOf(work: PromiseLike<unknown>): Promise<unknown> {
  return work.then(
    () => expect.fail('It succeeded.'),
    (error: unknown) => error,
  );
}

describe('connection', () => {
  let database: TestDatabase;
  let sql: Sql;

  before(async () => {
    database = await createTestDatabase();
    sql = database.connect();
  });

  after(() => database.drop());

  it('reads the types as the API speaks them', async () => {
    const [row] = await sql`
      select 9007199254740991::int8 as int8, 1.50::numeric as "numeric", '2026-04-01'::date as day,
        '2026-04-01T02:00:00+02'::timestamptz as at, '2026-04-01 00:00:00.123999'::timestamptz as cut,
        '2026-04-01 00:00:00'::timestamp as zoneless, '{"a":[1]}'::json as json, '{"b":null}'::jsonb as jsonb,
        array[1, 2]::int8[] as int8s, array['2026-04-01']::date[] as days, null::int8 as nothing`;
    expect(row).to.deep.equal({
      int8: 9007199254740991,
      numeric: '1.50',
      day: '2026-04-01',
      at: '2026-04-01T00:00:00.000Z',
      cut: '2026-04-01T00:00:00.123Z',
      zoneless: '2026-04-01T00:00:00.000Z',
      json: { a: [1] },
      jsonb: { b: null },
      int8s: [1, 2],
      days: ['2026-04-01'],
      nothing: null,
    });
  });

  it('writes what it reads', async () => {
    const [row] = await sql`
      select ${9007199254740991}::int8 as int8, ${'123456789012345.123456789012'}::numeric as "numeric",
        ${'2026-04-01'}::date as day,
        ${'2026-04-01T00:00:00.000Z'}::timestamptz as at, ${new Date(0)}::timestamptz as epoch,
        ${sql.json({ a: [1] })}::json as json,
        ${['a', 'b,"c']}::text[] as texts`;
    expect(row).to.deep.equal({
      int8: 9007199254740991,
      numeric: '123456789012345.123456789012',
      day: '2026-04-01',
      at: '2026-04-01T00:00:00.000Z',
      epoch: '1970-01-01T00:00:00.000Z',
      json: { a: [1] },
      texts: ['a', 'b,"c'],
    });
  });

  it('writes and reads arrays, nulls and special characters included', async () => {
    const arrays = {
      names: ['a', null],
      int2s: [1, -2],
      int4s: [1, null],
      texts: ['', 'NULL', null, 'ä,"{}\\ \n', '😀'],
      varchars: ['a', ' b '],
      int8s: [9007199254740991, null],
      times: ['2026-04-01T00:00:00.000Z', null],
      days: ['2026-04-01', null],
      numerics: ['1.50', null],
      uuids: ['a3a1e3a0-0000-4000-8000-000000000001', null],
      jsons: [{ a: ['"', null] }, 'text', null],
      none: [],
    };
    const [row] = await sql`
      select ${arrays.names}::name[] as names, ${arrays.int2s}::int2[] as int2s,
        ${arrays.int4s}::int4[] as int4s,
        ${arrays.texts}::text[] as texts, ${arrays.varchars}::varchar[] as varchars,
        ${arrays.int8s}::int8[] as int8s, ${arrays.times}::timestamptz[] as times,
        ${arrays.days}::date[] as days, ${arrays.numerics}::numeric[] as numerics,
        ${arrays.uuids}::uuid[] as uuids, ${arrays.jsons as string[]}::jsonb[] as jsons,
        ${arrays.none}::text[] as none`;
    expect(row).to.deep.equal(arrays);
    expect(
      await sql`select ${textArray(['a', null])}::text[] as texts, ${plainArray([1, null])}::int8[] as int8s`,
    ).to.deep.equal([{ texts: ['a', null], int8s: [1, null] }]);
    expect(await sql`select '{t,f,null}'::boolean[] as booleans`).to.deep.equal([
      { booleans: [true, false, null] },
    ]);
  });

  it('fails a query rather than round an int8, and works on', async () => {
    const one = database.connect({ max: 1 });
    expect(await rejectionOf(one`select 9007199254740992::int8 as big`)).to.be.instanceOf(RangeError);
    expect([...(await one`select 1 as fine`)]).to.deep.equal([{ fine: 1 }]);
  });

  it('speaks UTC and ISO whatever the database is set to', async () => {
    await sql.unsafe(`alter database ${database.name} set timezone = 'Australia/Sydney'`);
    await sql.unsafe(`alter database ${database.name} set datestyle = 'German'`);
    const [row] =
      await database.connect()`select '2026-04-01T00:00:00Z'::timestamptz as at, '2026-04-01'::date as day`;
    expect(row).to.deep.equal({ at: '2026-04-01T00:00:00.000Z', day: '2026-04-01' });
  });

  it('names another database in either kind of target', () => {
    expect(withDatabase('postgres://u:p%40@h:5433/one?sslmode=require', 'two')).to.equal(
      'postgres://u:p%40@h:5433/two?sslmode=require',
    );
    expect(withDatabase({ port: 1, user: 'u', database: 'one' }, 'two')).to.deep.equal({
      port: 1,
      user: 'u',
      database: 'two',
    });
  });

  it('takes server settings for every session of a pool', async () => {
    const pool = database.connect({ settings: { enable_seqscan: 'off' } });
    expect(await pool`show enable_seqscan`).to.deep.equal([{ enable_seqscan: 'off' }]);
    await pool.end();
  });

  describe('when the database goes away', () => {
    let relay: Relay;
    beforeEach(async () => {
      relay = await openRelay(sql);
    });
    afterEach(() => relay.close());

    it('fails queries as connection errors meanwhile, and works again when it is back', async () => {
      const pool = connect(relay.target, { max: 2 });
      try {
        await pool`select 1`;
        const inFlight = rejectionOf(pool`select pg_sleep(60)`);
        await pool`select 1`;
        await relay.close();
        expect(isConnectionError(await inFlight)).to.equal(true);
        // More failures than the pool has connections: none may be lost to it.
        for (let attempt = 0; attempt < 5; attempt += 1) {
          const error = await rejectionOf(pool`select 1`);
          expect(isConnectionError(error), String(error)).to.equal(true);
        }
        await relay.reopen();
        const rows = await Promise.all([pool`select 1 as n`, pool`select 2 as n`, pool`select 3 as n`]);
        expect(rows.map(([row]) => row?.['n'] as number)).to.deep.equal([1, 2, 3]);
      } finally {
        await pool.end({ timeout: 1 });
      }
    });

    it('takes a session that the server ends for a connection error', async () => {
      const victim = connect(relay.target, { max: 1 });
      const [backend] = await victim<{ pid: number }[]>`select pg_backend_pid() as pid`;
      const sleeping = rejectionOf(victim`select pg_sleep(60)`);
      await sql`select pg_terminate_backend(${backend?.pid ?? 0})`;
      expect(isConnectionError(await sleeping)).to.equal(true);
      // Until the socket has closed, the next query may fail in the same way; the one after it gets a new
      // session.
      const attempts = [];
      for (let attempt = 0; attempt < 3; attempt += 1)
        attempts.push(await victim`select 1 as n`.then(([row]) => row?.['n'] as number, isConnectionError));
      expect(attempts.at(-1)).to.equal(1);
      expect(attempts).not.to.include(false);
    });
  });
});

describe('isConnectionError', () => {
  const withCode = (code: string, more: object = {}): Error =>
    Object.assign(new Error(code), { code, ...more });

  for (const code of [
    'ECONNREFUSED',
    'ECONNRESET',
    'CONNECTION_CLOSED',
    'CONNECTION_ENDED',
    'CONNECTION_DESTROYED',
    'CONNECT_TIMEOUT',
    '57P01',
    '57P02',
    '57P03',
    '08006',
  ]) {
    it(`is true for ${code}`, () => expect(isConnectionError(withCode(code))).to.equal(true));
  }

  for (const code of ['23505', '40001', '57014', '42P01', '28P01', 'UNDEFINED_VALUE']) {
    it(`is false for ${code}`, () => expect(isConnectionError(withCode(code))).to.equal(false));
  }

  it('takes ENOENT for one only when it comes from a socket', () => {
    expect(isConnectionError(withCode('ENOENT', { syscall: 'connect' }))).to.equal(true);
    expect(isConnectionError(withCode('ENOENT', { syscall: 'open' }))).to.equal(false);
  });

  it('looks at causes and at the attempts of several addresses', () => {
    expect(isConnectionError(new Error('wrapped', { cause: withCode('ECONNRESET') }))).to.equal(true);
    expect(isConnectionError(new AggregateError([withCode('ECONNREFUSED')]))).to.equal(true);
    expect(isConnectionError(new Error('plain'))).to.equal(false);
    expect(isConnectionError('ECONNRESET')).to.equal(false);
  });
});

describe('wire types', () => {
  it('reads int8 up to the last safe integer', () => {
    expect(int8.parse('-9007199254740991')).to.equal(-9007199254740991);
    expect(() => int8.parse('9007199254740993')).to.throw(RangeError, '9007199254740993');
  });

  for (const [text, iso] of [
    ['2026-04-01 00:00:00+00', '2026-04-01T00:00:00.000Z'],
    ['2026-04-01 23:59:59.9999+00', '2026-04-01T23:59:59.999Z'],
    ['2026-04-01 23:59:59.1', '2026-04-01T23:59:59.100Z'],
    ['infinity', 'infinity'],
  ] as const) {
    it(`reads the time ${text}`, () => expect(timestamptz.parse(text)).to.equal(iso));
  }

  it('refuses a time that is not in UTC', () => {
    expect(() => timestamptz.parse('2026-04-01 00:00:00+10')).to.throw(RangeError);
  });
});
