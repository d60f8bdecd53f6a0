import { expect } from 'chai';
import { request, type IncomingMessage } from 'node:http';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Sql } from '../../src/database/db.ts';
import { eventRoutes } from '../../src/http/routes/events.ts';
import { fillJournal, journalDatabase } from '../support/journal/journal-rows.ts';
import type { Json } from '../support/http/api.ts';
import type { TestDatabase } from '../support/database/test-database.ts';
import { adminToken, tenantToken } from '../support/http/tokens.ts';
import { fakeDeps } from '../support/http/fake-deps.ts';
import { errorPaths, expectProblem, send } from '../support/http/request.ts';
import { serve, testApp, type Served } from '../support/http/serve.ts';

const events = 200_000;
const textBytes = 600;
const megabyte = 1_048_576;

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** Memory in use after garbage collection; the resident size depends on earlier tests. */
function bytesKept(): number {
  collectGarbage();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

describe('the journal as NDJSON', () => {
  let database: TestDatabase & { sql: Sql };
  let served: Served;
  before(async () => {
    database = await journalDatabase();
    await fillJournal(database.sql, events, textBytes);
    served = await serve(testApp(fakeDeps({ sql: database.sql }), { routes: eventRoutes }));
  });
  after(async () => {
    await served.close();
    await database.drop();
  });

  const get = (query: string, headers: Record<string, string> = {}) =>
    send(`${served.url}/api/v1/events?${query}`, { token: adminToken(), headers });
  const linesOf = (text: string): Json[] =>
    text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
  const exported = async (query: string): Promise<Json[]> =>
    linesOf((await get(`format=ndjson&${query}`)).text);

  /** An answer whose body has not been read. */
  const open = (query: string) =>
    new Promise<IncomingMessage>((resolve, reject) => {
      const asked = request(`${served.url}/api/v1/events?format=ndjson&${query}`, {
        headers: { authorization: `Bearer ${adminToken()}` },
        agent: false,
      });
      asked.on('response', resolve).on('error', reject).end();
    });

  it('has every event in journal order, with bounded memory', async () => {
    const response = await open('');
    expect([response.statusCode, response.headers['content-type']]).to.deep.equal([
      200,
      'application/x-ndjson',
    ]);
    let [count, bytes, last] = [0, 0, ''];
    const kept: number[] = [];
    for await (const line of createInterface({ input: response })) {
      bytes += line.length;
      if (last !== '') {
        const { position } = JSON.parse(last);
        if (position !== (count += 1)) expect.fail(`position ${position} where ${count} was to be`);
      }
      last = line;
      if (count > 0 && count % (events / 4) === 0) kept.push(bytesKept());
    }
    expect(JSON.parse(last)).to.deep.equal({ complete: true, events, position: events });
    expect(count).to.equal(events);
    expect(bytes).to.be.greaterThan(events * textBytes);
    // Client and server together transfer some 200 MB of lines; memory must not grow from one quarter to the
    // next.
    const growth = Math.max(...kept.map((size, at) => size - Math.min(...kept.slice(0, at + 1))));
    expect(growth, `of ${kept.map((size) => Math.round(size / megabyte)).join(', ')} MB`).to.be.lessThan(
      24 * megabyte,
    );
  });

  it('has each event as the list does, in the recorded text', async () => {
    const [first, second, end] = await exported(`after=${events - 2}`);
    const { json } = await get(`after=${events - 2}`);
    expect([first, second]).to.deep.equal((json as Json).data);
    expect(end).to.deep.equal({ complete: true, events: 2, position: events });
    const [row] = await database.sql<
      { data: string; metadata: string }[]
    >`select data::text, metadata::text from journal where position = 7`;
    const [line] = (await get('format=ndjson&after=6&stream=stream-7')).text.split('\n');
    expect(line).to.contain(`"data":${row?.data},"metadata":${row?.metadata}}`);
  });

  it('is chosen by the Accept header too, unless JSON is preferred equally', async () => {
    const type = async (accept: string, query = '') =>
      (await get(`after=${events - 1}${query}`, { accept })).headers.get('content-type');
    expect(await type('application/x-ndjson')).to.equal('application/x-ndjson');
    expect(await type('application/json;q=0.5, application/x-ndjson')).to.equal('application/x-ndjson');
    for (const accept of ['*/*', 'application/json', 'application/json, application/x-ndjson', 'text/html'])
      expect(await type(accept), accept).to.match(/^application\/json/);
    expect(await type('application/x-ndjson', '&format=json')).to.match(/^application\/json/);
  });

  it('takes every filter', async () => {
    const positions = async (query: string) =>
      (await exported(query)).map((line) => line.complete ?? line.position);
    expect(await positions('stream=stream-3&after=197000')).to.deep.equal([197003, 198003, 199003, true]);
    expect((await exported('type=PlanCreated')).map((line) => line.position)).to.deep.equal([
      ...Array.from({ length: events / 10 }, (_, n) => 10 * (n + 1)),
      events,
    ]);
    expect(await positions('correlation_id=request-50000')).to.deep.equal([150000, 150001, 150002, true]);
    expect(await positions('actor=ann&stream=stream-0&after=190000')).to.deep.equal([196000, true]);
    expect(
      await positions('recorded_from=2026-05-03T00:00:00Z&recorded_to=2026-05-03T00:00:02Z'),
    ).to.deep.equal([172800, 172801, 172802, true]);
    expect(await exported(`after=${events + 5}`)).to.deep.equal([
      { complete: true, events: 0, position: events + 5 },
    ]);
    expect(await exported('actor=unknown')).to.deep.equal([{ complete: true, events: 0, position: events }]);
  });

  it('continues after the last whole line of a client that was killed', async () => {
    const first = 150_000;
    const response = await open(`after=${first}`);
    let text = '';
    for await (const chunk of response.setEncoding('utf8')) {
      text += chunk;
      if (text.length > 10 * megabyte) break;
    }
    response.destroy();
    const whole = linesOf(text.slice(0, text.lastIndexOf('\n')));
    expect(whole.some((line) => line.complete)).to.equal(false);
    const seen = whole.map(({ position, id }) => ({ position, id }));
    let end: Json = null;
    for await (const line of createInterface({ input: await open(`after=${whole.at(-1).position}`) })) {
      const { position, id, complete } = JSON.parse(line);
      if (complete) end = JSON.parse(line);
      else seen.push({ position, id });
    }
    expect(end).to.deep.equal({ complete: true, events: events - first - whole.length, position: events });
    const rows = await database.sql<
      { position: number; id: string }[]
    >`select position, id from journal where position > ${first} order by position`;
    expect(JSON.stringify(seen) === JSON.stringify([...rows])).to.equal(true);
  });

  it("is read at its client's pace, without holding a connection, until the client leaves", async () => {
    let statements = 0;
    const counting = new Proxy(database.sql, {
      apply(target, self, args: unknown[]) {
        if (
          Array.isArray(args[0]) &&
          'raw' in args[0] &&
          args[0].some((part: string) => part.includes('with page as'))
        )
          statements += 1;
        return Reflect.apply(target, self, args) as unknown;
      },
    });
    const slow = await serve(testApp(fakeDeps({ sql: counting }), { routes: eventRoutes }));
    const still = async (): Promise<number> => {
      for (let before = -1; ; await delay(300)) {
        if (before === statements) return statements;
        before = statements;
      }
    };
    try {
      const response = await new Promise<IncomingMessage>((resolve) => {
        request(`${slow.url}/api/v1/events?format=ndjson`, {
          headers: { authorization: `Bearer ${adminToken()}` },
          agent: false,
        })
          .on('response', resolve)
          .end();
      });
      response.pause();
      const whilePaused = await still();
      expect(whilePaused, 'pages of about a megabyte').to.be.lessThan(30);
      const busy = await database.sql`select from pg_stat_activity where datname = current_database()
          and pid <> pg_backend_pid() and state <> 'idle' and backend_type = 'client backend'`;
      expect(busy).to.have.length(0);
      response.destroy();
      expect(await still()).to.be.lessThan(whilePaused + 3);
    } finally {
      await slow.close();
    }
  });

  it('requires the same of its client as the list does', async () => {
    const url = `${served.url}/api/v1/events?format=ndjson`;
    expectProblem(await send(url), 401, 'unauthorized');
    expectProblem(await send(url, { token: tenantToken('acme') }), 403, 'forbidden');
    expectProblem(await send(`${url}&format=json`, { token: tenantToken('acme') }), 403, 'forbidden');
    for (const [query, field] of [
      ['limit=5', 'limit'],
      ['type=Nope', 'type'],
      ['after=x', 'after'],
      ['recorded_to=x', 'recorded_to'],
      ['cursor=AAAA', 'cursor'],
    ] as const) {
      const received = await get(`format=ndjson&${query}`);
      expectProblem(received, 422, 'invalid-input');
      expect(errorPaths(received)).to.deep.equal([field]);
    }
    expectProblem(await get('format=ndjson', { 'ledger-position': 'log:101' }), 503, 'stale-read');
    const head = await send(url, { method: 'HEAD', token: adminToken() });
    expect([head.status, head.headers.get('content-type'), head.text]).to.deep.equal([
      200,
      'application/x-ndjson',
      '',
    ]);
  });

  it('is a problem document while the database is away, and is cut off when it goes away', async () => {
    const failing = (from: number) => {
      let pages = 0;
      return new Proxy(database.sql, {
        apply(target, self, args: unknown[]) {
          if (
            Array.isArray(args[0]) &&
            args[0].some((part: string) => part.includes('with page as')) &&
            (pages += 1) >= from
          )
            return Promise.reject(Object.assign(new Error('away'), { code: 'CONNECTION_CLOSED' }));
          return Reflect.apply(target, self, args) as unknown;
        },
      });
    };
    for (const [from, outcome] of [
      [1, 503],
      [4, 'cut'],
    ] as const) {
      const broken = await serve(testApp(fakeDeps({ sql: failing(from) }), { routes: eventRoutes }));
      const answered = await send(`${broken.url}/api/v1/events?format=ndjson`, { token: adminToken() }).then(
        ({ status }) => status,
        () => 'cut',
      );
      expect(answered).to.equal(outcome);
      await broken.close();
    }
  });
});
