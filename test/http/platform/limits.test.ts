import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect } from 'chai';
import { connect } from 'node:net';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { z } from 'zod';
import { createGate } from '../../../src/http/gate.ts';
import { countJsonNodes } from '../../../src/runtime/json-nodes.ts';
import { createRateLimit } from '../../../src/http/rate-limit.ts';
import { defineRoute } from '../../../src/http/route.ts';
import { createHttpServer } from '../../../src/http/server.ts';
import { adminToken, tenantToken } from '../../support/http/tokens.ts';
import { fakeDeps } from '../../support/http/fake-deps.ts';
import { errorPaths, expectProblem, send } from '../../support/http/request.ts';
import { serve, testApp } from '../../support/http/serve.ts';
import type { Served } from '../../support/http/serve.ts';
import { until } from '../../support/runtime/until.ts';

const anything = {
  access: 'admin',
  tag: 'limits',
  body: z.looseObject({}),
  response: z.strictObject({ data: z.literal('taken') }),
  async handle() {
    return { body: { data: 'taken' as const } };
  },
} as const;
const small = defineRoute({ ...anything, method: 'POST', path: '/api/v1/small', summary: 'Small' });
const large = defineRoute({
  ...anything,
  method: 'POST',
  path: '/api/v1/large',
  summary: 'Large',
  largeBody: true,
});

/** Requests that a handler holds until they are released. */
const held: (() => void)[] = [];
const heavy = defineRoute({
  method: 'GET',
  path: '/api/v1/heavy',
  tag: 'limits',
  summary: 'Heavy',
  access: 'admin',
  heavy: true,
  response: z.strictObject({ data: z.literal('done') }),
  async handle() {
    await new Promise<void>((resolve) => {
      held.push(resolve);
    });
    return { body: { data: 'done' as const } };
  },
});
const light = defineRoute({
  method: 'GET',
  path: '/api/v1/light',
  tag: 'limits',
  summary: 'Light',
  access: 'tenant',
  response: z.strictObject({ data: z.literal('done') }),
  handle: async () => ({ body: { data: 'done' as const } }),
});
const routes = [small, large, heavy, light];

describe('limits of the service', () => {
  let served: Served;
  const logged: Record<string, unknown>[] = [];
  const note = (entry: unknown): void => {
    logged.push(entry as Record<string, unknown>);
  };
  before(async () => {
    served = await serve(
      testApp(fakeDeps(), { routes, logger: { debug: note, info: note, warn: note, error: note } }),
    );
  });
  after(() => served.close());
  const post = (path: string, raw: string | Uint8Array<ArrayBuffer>, headers: Record<string, string> = {}) =>
    send(`${served.url}/api/v1/${path}`, { method: 'POST', token: adminToken(), raw, headers });
  const listOf = (count: number, item: string): string =>
    `{"a":[${Array.from({ length: count }, () => item).join(',')}]}`;

  describe('of a body', () => {
    it('are 64 KB, and 1 MB where many records come at once', async () => {
      const body = (bytes: number): string => `{"a":"${'x'.repeat(bytes - 8)}"}`;
      for (const [path, most] of [
        ['small', 64 * 1_024],
        ['large', 1_024 * 1_024],
      ] as const) {
        expect((await post(path, body(most))).status, path).to.equal(200);
        expectProblem(await post(path, body(most + 1)), 413, 'body-too-large');
      }
    });

    it('hold for a body without a declared length', async () => {
      const stream = new ReadableStream({
        start(controller) {
          for (let chunk = 0; chunk < 80; chunk += 1)
            controller.enqueue(new TextEncoder().encode(' '.repeat(1_024)));
          controller.close();
        },
      });
      const request = {
        method: 'POST',
        body: stream,
        // Node needs it; the types of browsers do not know it.
        duplex: 'half',
        headers: { authorization: `Bearer ${adminToken()}`, 'content-type': 'application/json' },
      };
      const answer = await fetch(`${served.url}/api/v1/small`, request);
      expect(answer.status).to.equal(413);
      await answer.body?.cancel();
    });

    it('are 20,000 values, counted before anything is made of them', async () => {
      expect((await post('large', listOf(19_998, '1'))).status).to.equal(200);
      for (const body of [
        listOf(19_999, '1'),
        listOf(19_999, '{}'),
        listOf(10_000, '[1]'),
        `${'['.repeat(31)}${'{},'.repeat(340_000)}{}${']'.repeat(31)}`,
      ]) {
        const start = process.cpuUsage();
        const received = await post('large', body);
        const { user, system } = process.cpuUsage(start);
        if (body.length > 1_024 * 1_024) expectProblem(received, 413, 'body-too-large');
        else expectProblem(received, 422, 'invalid-input');
        expect((user + system) / 1_000, 'milliseconds of processor time').to.be.below(500);
      }
      const short = `${'['.repeat(31)}${'{},'.repeat(340_000)}`.slice(0, 1_000_000);
      expectProblem(await post('large', short), 422, 'invalid-input');
    });

    it('are a hundred named errors at most', async () => {
      const received = await post(
        'large',
        JSON.stringify({ a: Array.from({ length: 10_000 }, () => '\u0000') }),
      );
      expectProblem(received, 422, 'invalid-input');
      expect(errorPaths(received)).to.have.length(100);
    });

    it('refuse compressed bodies, and other charsets', async () => {
      const gzipped = new Uint8Array(gzipSync(`${'['.repeat(31)}${'{},'.repeat(340_000)}`));
      for (const encoding of ['gzip', 'deflate', 'br', 'zstd'])
        expectProblem(
          await post('large', gzipped, { 'content-encoding': encoding }),
          415,
          'unsupported-media-type',
        );
      expectProblem(
        await post('small', '{}', { 'content-type': 'application/json; charset=utf-16' }),
        415,
        'unsupported-media-type',
      );
      expect(
        (
          await post('small', '{}', {
            'content-encoding': 'identity',
            'content-type': 'application/json; charset="UTF-8"',
          })
        ).status,
      ).to.equal(200);
    });
  });

  it('count the values of JSON as parsing does', () => {
    const count = (value: unknown): number =>
      typeof value !== 'object' || value === null
        ? 1
        : 1 + Object.values(value).reduce((sum: number, member) => sum + count(member), 0);
    for (const text of [
      '1',
      '[]',
      '{}',
      '[ ]',
      '[1]',
      '[[]]',
      '[[],{}]',
      '{"a":[1,2,{"b":"],,[{"}]}',
      '["\\",[", "\\\\", 3]',
      ' { "a" : { } , "b" : [ [ ] , 1 ] } ',
      '"a,b"',
    ]) {
      expect(countJsonNodes(Buffer.from(text), 100), text).to.equal(count(JSON.parse(text)));
    }
    expect(countJsonNodes(Buffer.from(`[${'1,'.repeat(1_000_000)}1]`), 50)).to.equal(51);
  });

  describe('of time', () => {
    let server: Server;
    before(async () => {
      server = createHttpServer(testApp(fakeDeps(), { routes }), { head: 300, whole: 500, check: 50 }).listen(
        0,
        '127.0.0.1',
      );
      await new Promise((resolve) => {
        server.once('listening', resolve);
      });
    });
    after(async () => {
      server.closeAllConnections();
      await new Promise((resolve) => {
        server.close(resolve);
      });
    });

    /** The answer to a client that sends a text and then drips more of it until it is cut off. */
    const dripped = (begin: string, drip: string): Promise<string> =>
      new Promise((resolve) => {
        let said = '';
        const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
        const timer = setInterval(() => {
          if (drip !== '') socket.write(drip);
        }, 40);
        socket
          .setEncoding('utf8')
          .on('data', (text: string) => {
            said += text;
          })
          .on('error', () => undefined);
        socket.once('close', () => {
          clearInterval(timer);
          resolve(said);
        });
        socket.write(begin);
      });

    it('cut a body that drips, headers that drip, and a client that says nothing more: 408', async () => {
      const head = [
        'POST /api/v1/small HTTP/1.1',
        'Host: x',
        `Authorization: Bearer ${adminToken()}`,
        'Content-Type: application/json',
        '',
      ].join('\r\n');
      for (const [begin, drip] of [
        [`${head}Content-Length: 1000\r\n\r\n{`, ' '],
        [`${head}Transfer-Encoding: chunked\r\n\r\n`, '1\r\n \r\n'],
        [head, 'X-A: b\r\n'],
        [head, ''],
      ] as const) {
        const said = await dripped(begin, drip);
        expect(said)
          .to.match(/^HTTP\/1\.1 408 Request Timeout\r\n/)
          .and.to.contain('application/problem+json')
          .and.to.contain('urn:arcadia-cloud:problem:request-timeout');
        expect(said.split('HTTP/1.1')).to.have.length(2);
      }
    });

    it('answer 400 to what is not HTTP, and 431 to headers that are too large', async () => {
      expect(await dripped('nonsense\r\n\r\n', ''))
        .to.match(/^HTTP\/1\.1 400 /)
        .and.to.contain('malformed-request');
      expect(await dripped(`GET / HTTP/1.1\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`, '')).to.match(
        /^HTTP\/1\.1 431 /,
      );
    });
  });

  describe('of rate', () => {
    it('are of each tenant and subject: 429 with Retry-After', async () => {
      const limited = await serve(testApp(fakeDeps(), { routes, ratePerMinute: 5 }));
      try {
        const ask = (token?: string) =>
          send(`${limited.url}/api/v1/light`, token === undefined ? {} : { token });
        for (let asked = 0; asked < 5; asked += 1)
          expect((await ask(tenantToken('acme', 'a'))).status).to.equal(200);
        const refused = await ask(tenantToken('acme', 'a'));
        expectProblem(refused, 429, 'too-many-requests');
        expect(Number(refused.headers.get('retry-after'))).to.be.within(1, 60);
        expect(refused.headers.get('cache-control')).to.equal('no-store');
        for (const other of [tenantToken('acme', 'b'), tenantToken('beta', 'a'), adminToken('a')])
          expect((await ask(other)).status).to.equal(200);
      } finally {
        await limited.close();
      }
    });

    it('are of an address where there is no good token, and never in the way of one', async () => {
      const limited = await serve(testApp(fakeDeps(), { routes, ratePerMinute: 5 }));
      try {
        const ask = (token?: string) =>
          send(`${limited.url}/api/v1/light`, token === undefined ? {} : { token });
        const statuses = [];
        for (let asked = 0; asked < 8; asked += 1)
          statuses.push((await ask(asked % 2 === 0 ? undefined : 'eyJub25l.x.y')).status);
        expect(statuses).to.deep.equal([401, 401, 401, 401, 401, 429, 429, 429]);
        expect((await ask(tenantToken('acme'))).status).to.equal(200);
        expectProblem(await send(`${limited.url}/api/docs`), 429, 'too-many-requests');
      } finally {
        await limited.close();
      }
    });

    it('begin anew after a minute, and know a bounded number of subjects', () => {
      let now = 0;
      const limit = createRateLimit(2, () => now);
      expect([limit.count('a'), limit.count('a'), limit.count('a')]).to.deep.equal([null, null, 60]);
      now = 59_500;
      expect(limit.count('a')).to.equal(1);
      now = 60_000;
      expect(limit.count('a')).to.equal(null);
      for (let subject = 0; subject < 50_000; subject += 1) limit.count(`subject-${subject}`);
      expect([limit.count('subject-49999'), limit.count('subject-49999')]).to.deep.equal([null, 60]);
      expect([limit.count('a'), limit.count('a')], 'the oldest is forgotten').to.deep.equal([null, null]);
      expect(createRateLimit(null).count('a')).to.equal(null);
    });
  });

  describe('of heavy work', () => {
    it('let four such requests run at once; others wait, light requests do not', async () => {
      const ask = () => send(`${served.url}/api/v1/heavy`, { token: adminToken() });
      const answers = Array.from({ length: 9 }, ask);
      await until('four at work', () => held.length >= 4);
      expect((await send(`${served.url}/api/v1/light`, { token: adminToken() })).status).to.equal(200);
      expect(held.length).to.equal(4);
      let done = 0;
      const finished = Promise.all(answers).then((all) => {
        done = all.length;
        return all;
      });
      while (done === 0) {
        expect(held.length).to.be.at.most(4);
        held.shift()?.();
        await nextTurn();
      }
      for (const { status } of await finished) expect(status).to.equal(200);
    });

    it('refuse a request that waits too long, or behind too many, with 503 and Retry-After', async () => {
      const gate = createGate({ atOnce: 1, waiting: 2, waitMs: 20 });
      const leave = await gate.enter();
      const waiting = [gate.enter(), gate.enter()];
      const refusals = [gate.enter(), ...waiting].map((entered) =>
        entered.then(
          () => 'in',
          (error: { code: string; headers: object }) => `${error.code} ${JSON.stringify(error.headers)}`,
        ),
      );
      expect(await Promise.all(refusals)).to.deep.equal(
        Array.from({ length: 3 }, () => 'busy {"Retry-After":"5"}'),
      );
      leave();
      leave();
      const again = await gate.enter();
      let second = false;
      const next = gate.enter().then((left) => {
        second = true;
        return left;
      });
      expect(second).to.equal(false);
      again();
      (await next)();
    });
  });

  it('are not cached, and the log names the sender', async () => {
    logged.length = 0;
    for (const path of ['light', 'nowhere', 'heavy/']) {
      const received = await send(`${served.url}/api/v1/${path}`, {
        ...(path === 'heavy/' ? {} : { token: adminToken() }),
        headers: { 'x-forwarded-for': `203.0.113.7, ${'x'.repeat(500)}` },
      });
      expect(received.headers.get('cache-control'), path).to.equal('no-store');
    }
    expect(
      (await send(`${served.url}/API/V1/light`, { token: adminToken() })).headers.get('cache-control'),
    ).to.equal('no-store');
    expect(logged[0]).to.include({ path: '/api/v1/light', client: '127.0.0.1' });
    expect(logged[0]?.['forwarded_for']).to.match(/^203\.0\.113\.7, x{1,200}$/);
    expect(logged.at(-1)).to.not.have.property('forwarded_for');
  });
});
