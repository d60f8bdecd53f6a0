import { readFile } from 'node:fs/promises';
import { expect } from 'chai';
import type { Sql } from '../../../src/database/db.ts';
import { createIdempotency } from '../../../src/http/idempotency.ts';
import { createTestDatabase } from '../../support/database/test-database.ts';
import type { TestDatabase } from '../../support/database/test-database.ts';
import { TEST_SECRET, adminToken, mintToken, serviceToken, tenantToken } from '../../support/http/tokens.ts';
import { fakeDeps } from '../../support/http/fake-deps.ts';
import { errorPaths, expectProblem, send } from '../../support/http/request.ts';
import type { Received } from '../../support/http/request.ts';
import { serve, testApp } from '../../support/http/serve.ts';
import type { Served } from '../../support/http/serve.ts';
import { sampleRoutes } from '../../support/http/sample-routes.ts';

describe('the request pipeline', () => {
  let served: Served;
  let database: TestDatabase;
  let sql: Sql;
  const logged: unknown[] = [];
  const note = (entry: unknown): void => {
    logged.push(entry);
  };
  const at = (path: string): string => `${served.url}/api/v1${path}`;
  const create = (json: unknown, options: Parameters<typeof send>[1] = {}): Promise<Received> =>
    send(at('/things'), { method: 'POST', token: tenantToken('acme'), json, ...options });

  before(async () => {
    database = await createTestDatabase();
    sql = database.connect();
    await sql.unsafe(await readFile('migrations/0002_idempotency.sql', 'utf8'));
    served = await serve(
      testApp(fakeDeps(), {
        routes: sampleRoutes,
        corsOrigins: ['https://app.example'],
        idempotency: createIdempotency(sql),
        logger: { debug: note, info: note, warn: note, error: note },
      }),
    );
  });
  after(async () => {
    await served.close();
    await database.drop();
  });
  beforeEach(() => {
    logged.length = 0;
  });

  describe('answers', () => {
    it("sends a command's result with its status and Ledger-Position, no ETag", async () => {
      const received = await create({ note: 'n' });
      expect(received.status).to.equal(201);
      expect(received.json).to.have.nested.property('data.tenant_id', 'acme');
      expect(received.headers.get('ledger-position')).to.equal('log:8');
      expect(received.headers.get('etag')).to.equal(null);
      expect(received.headers.get('content-type')).to.equal('application/json; charset=utf-8');
    });

    it('lets a handler choose among its statuses, and takes a command without a body', async () => {
      for (const options of [{}, { json: {} }]) {
        const received = await send(at('/things/a/pause'), {
          method: 'POST',
          token: adminToken(),
          ...options,
        });
        expect(received.status).to.equal(202);
      }
    });

    it('waits for a position that is reached', async () => {
      expect(
        (await send(at('/things'), { token: adminToken(), headers: { 'ledger-position': 'log:100' } }))
          .status,
      ).to.equal(200);
    });

    it('answers HEAD as GET without a body', async () => {
      const received = await send(at('/things'), { method: 'HEAD', token: adminToken() });
      expect([received.status, received.text]).to.deep.equal([200, '']);
    });
  });

  describe('scope', () => {
    it('shows a tenant its own, and the same 404 for the rest as for what does not exist', async () => {
      const token = tenantToken('acme');
      expect((await send(at('/things/acme-1'), { token })).json).to.deep.equal({
        data: { id: 'acme-1', tenant_id: 'acme' },
      });
      const foreign = await send(at('/things/beta-1'), { token });
      const absent = await send(at('/things/nothing'), { token });
      expectProblem(foreign, 404, 'not-found');
      expect(foreign.text).to.equal(absent.text);
      expect((await send(at('/things/beta-1'), { token: adminToken() })).status).to.equal(200);
    });

    it("403 for a foreign tenant_id in a tenant's command; an admin must name one", async () => {
      expect((await create({ tenant_id: 'acme' })).status).to.equal(201);
      expectProblem(await create({ tenant_id: 'beta' }), 403, 'forbidden');
      const unnamed = await create({}, { token: adminToken() });
      expectProblem(unnamed, 422, 'invalid-input');
      expect(errorPaths(unnamed)).to.deep.equal(['tenant_id']);
    });

    it('lets services use the integrations', async () => {
      expect(
        (
          await send(at('/integrations/things'), {
            method: 'POST',
            token: serviceToken(),
            json: { events: [] },
          })
        ).status,
      ).to.equal(200);
      expect(
        (
          await send(at('/integrations/things'), {
            method: 'POST',
            token: adminToken(),
            json: { id: 'a', tenant_id: 'b' },
          })
        ).status,
      ).to.equal(200);
    });
  });

  describe('problems', () => {
    it("carries a refusal's extra members", async () => {
      const received = await create({ fail: 'refuse' });
      expectProblem(received, 422, 'transition-not-allowed');
      expect(received.json).to.deep.include({ detail: 'not from here', allowed: ['paused'] });
    });

    it("keeps an unexpected error's message to the log, under the correlation id", async () => {
      const received = await create({ fail: 'crash' }, { headers: { 'x-correlation-id': 'trace-1' } });
      expectProblem(received, 500, 'internal-error');
      expect(received.text).not.to.include('hunter2');
      expect(logged).to.deep.include({
        err: (logged as { err?: unknown }[]).find(({ err }) => err)?.err,
        correlation_id: 'trace-1',
      });
    });

    it('answers 503 with Retry-After while a database is away', async () => {
      const received = await create({ fail: 'outage' });
      expectProblem(received, 503, 'unavailable');
      expect(received.headers.get('retry-after')).to.equal('2');
    });

    it('turns an answer that is not as described into a 500, in tests', async () => {
      expectProblem(await create({ fail: 'mismatch' }), 500, 'internal-error');
      expect(String((logged as { err?: unknown }[]).find(({ err }) => err)?.err)).to.include(
        'does not match its schema',
      );
    });

    it('404 for an unknown path, after 401', async () => {
      expectProblem(await send(at('/nothing')), 401);
      expectProblem(await send(at('/nothing'), { token: adminToken() }), 404, 'unknown-path');
      expectProblem(await send(`${served.url}/elsewhere`), 404, 'unknown-path');
    });

    it('405 with what is allowed, but 403 for those who may use nothing there', async () => {
      const received = await send(at('/things'), { method: 'DELETE', token: tenantToken('acme') });
      expectProblem(received, 405, 'method-not-allowed');
      expect(received.headers.get('allow')).to.equal('GET, POST, HEAD');
      expectProblem(await send(at('/things/a/price'), { token: tenantToken('acme') }), 403, 'forbidden');
    });

    it('names every field at fault, by paths into lists', async () => {
      const good = {
        included_qty: 5,
        price: 1,
        on: '2026-02-28',
        in: '2026-02',
        at: '2026-02-01T00:00:00Z',
        rate: '1.5',
      };
      const put = (items: unknown[]): Promise<Received> =>
        send(at('/things/a/price'), { method: 'PUT', token: adminToken(), json: { items } });
      const fine = await put([good]);
      expect(fine.json).to.deep.equal({
        data: [{ ...good, included_qty: '5', in: '2026-02-01', at: '2026-02-01T00:00:00.000Z' }],
      });
      const wrong = await put([
        { ...good, included_qty: '1e3' },
        { ...good, on: '2026-02-30', extra: 1 },
      ]);
      expectProblem(wrong, 422, 'invalid-input');
      expect(errorPaths(wrong)).to.have.members(['items.0.included_qty', 'items.1.on', 'items.1.extra']);
      expect(errorPaths(await put([{ ...good, price: '\u0000' }]))).to.deep.equal(['items.0.price']);
      expect(errorPaths(await put([{ ...good, rate: '\ud800' }]))).to.deep.equal(['items.0.rate']);
    });

    it('refuses nesting that is too deep', async () => {
      const received = await send(at('/things'), {
        method: 'POST',
        token: tenantToken('acme'),
        raw: `{"note":${'['.repeat(20_000)}${']'.repeat(20_000)}}`,
      });
      expectProblem(received, 422, 'invalid-input');
    });
  });

  describe('correlation and CORS', () => {
    it('takes a harmless correlation id, and makes one in place of any other', async () => {
      const kept = await create({}, { headers: { 'x-correlation-id': 'trace-1' } });
      expect(kept.headers.get('x-correlation-id')).to.equal('trace-1');
      expect(kept.json).to.have.nested.property('data.correlation_id', 'trace-1');
      const replaced = await create({}, { headers: { 'x-correlation-id': 'a b' } });
      expect(replaced.headers.get('x-correlation-id')).to.match(/^[0-9a-f-]{36}$/);
    });

    it('logs what was asked without tokens, bodies or query strings', async () => {
      const token = tenantToken('acme');
      await send(at('/things?prefix=private'), { token });
      await create({ note: 'private' });
      const text = JSON.stringify(logged);
      expect(text).to.include('/api/v1/things').and.include('"status":200').and.include('"status":201');
      expect(text).not.to.include('private').and.not.include(token);
    });

    it('allows the configured origins only', async () => {
      const preflight = (origin: string): Promise<Received> =>
        send(at('/things'), {
          method: 'OPTIONS',
          headers: {
            origin,
            'access-control-request-method': 'POST',
            'access-control-request-headers': 'authorization',
          },
        });
      const allowed = await preflight('https://app.example');
      expect(allowed.status).to.equal(204);
      expect(allowed.headers.get('access-control-allow-origin')).to.equal('https://app.example');
      expect((await preflight('https://evil.example')).headers.get('access-control-allow-origin')).to.equal(
        null,
      );
      expect(
        (
          await send(at('/things'), { token: adminToken(), headers: { origin: 'https://app.example' } })
        ).headers.get('access-control-expose-headers'),
      ).to.include('Ledger-Position');
    });
  });

  describe('Idempotency-Key', () => {
    const keyed = (key: string, json: unknown, options: Parameters<typeof send>[1] = {}): Promise<Received> =>
      create(json, { headers: { 'idempotency-key': key }, ...options });

    it('answers the first result again, with its status and position', async () => {
      const first = await keyed('k-1', { note: 'a', tenant_id: 'acme' });
      const again = await keyed('k-1', { tenant_id: 'acme', note: 'a' });
      expect(again.text).to.equal(first.text);
      expect([
        again.status,
        again.headers.get('ledger-position'),
        again.headers.get('idempotency-replayed'),
      ]).to.deep.equal([201, 'log:8', 'true']);
      expect(first.headers.get('idempotency-replayed')).to.equal(null);
    });

    it('409 for the same key with another body', async () => {
      await keyed('k-2', { note: 'a' });
      expectProblem(await keyed('k-2', { note: 'b' }), 409, 'idempotency-conflict');
    });

    it('is another key without the admin role: a tenant does not get the answer of an admin', async () => {
      const asAdmin = await keyed('k-role', { tenant_id: 'acme' }, { token: adminToken('user-of-acme') });
      expect(asAdmin.status).to.equal(201);
      const sub = 'both';
      const [before, after] = [
        mintToken({ secret: TEST_SECRET, sub, tenant_id: 'acme', roles: ['platform_admin'] }),
        mintToken({ secret: TEST_SECRET, sub, tenant_id: 'acme' }),
      ];
      const first = await keyed('k-role', { tenant_id: 'beta' }, { token: before });
      expect([
        first.status,
        (await keyed('k-role', { tenant_id: 'beta' }, { token: before })).headers.get('idempotency-replayed'),
      ]).to.deep.equal([201, 'true']);
      // The same person without the role: the request runs again, and is refused.
      expectProblem(await keyed('k-role', { tenant_id: 'beta' }, { token: after }), 403, 'forbidden');
      const pause = (token: string): Promise<Received> =>
        send(at('/things/k-role/pause'), { method: 'POST', token, headers: { 'idempotency-key': 'k-role' } });
      await pause(before);
      expectProblem(await pause(after), 403, 'forbidden');
    });

    it('is accepted where nothing is changed, and not stored', async () => {
      const price = (body: unknown): Promise<Received> =>
        send(at('/prices'), {
          method: 'POST',
          token: adminToken(),
          json: body,
          headers: { 'idempotency-key': 'k-nothing' },
        });
      const kept = async (): Promise<unknown> =>
        (await sql`select count(*)::int as keys from idempotency_keys`)[0]?.['keys'];
      const before = await kept();
      for (const amount of [1, 1, 2]) {
        const received = await price({ amount });
        expect([received.status, received.headers.get('idempotency-replayed'), received.json]).to.deep.equal([
          200,
          null,
          { data: amount },
        ]);
      }
      expectProblem(
        await send(at('/prices'), {
          method: 'POST',
          token: adminToken(),
          json: { amount: 1 },
          headers: { 'idempotency-key': 'a b' },
        }),
        422,
        'invalid-input',
      );
      expect(await kept()).to.equal(before);
    });

    it('is scoped to tenant, subject and path', async () => {
      const first = await keyed('k-3', {});
      expect((await keyed('k-3', {}, { token: tenantToken('acme', 'a colleague') })).text).not.to.equal(
        first.text,
      );
      expect((await keyed('k-3', {}, { token: tenantToken('beta', 'user-of-acme') })).text).not.to.equal(
        first.text,
      );
      const pause = (id: string): Promise<Received> =>
        send(at(`/things/${id}/pause`), {
          method: 'POST',
          token: adminToken(),
          headers: { 'idempotency-key': 'k-3' },
        });
      await pause('a');
      expect((await pause('b')).headers.get('idempotency-replayed')).to.equal(null);
      expect(
        (await pause('%61')).headers.get('idempotency-replayed'),
        'another spelling of the same path',
      ).to.equal('true');
    });

    it('gives the command one id however often it runs, and the scope for the events', async () => {
      const first = (await keyed('k-4', {})).json as { data: { command_id: string; key: string } };
      expect(first.data.key).to.match(/^[0-9a-f]{64}$/);
      await sql`update idempotency_keys
        set status = null, body = null, completed_at = null, lease_until = '-infinity'
        where scope = ${first.data.key}`;
      const rerun = await keyed('k-4', {});
      expect(rerun.headers.get('idempotency-replayed')).to.equal(null);
      expect(rerun.json).to.have.nested.property('data.command_id', first.data.command_id);
      expect((await create({})).json).to.have.nested.property('data.key', null);
    });

    it('keeps no refusal', async () => {
      expectProblem(await keyed('k-5', { fail: 'refuse' }), 422);
      expect((await keyed('k-5', {})).status).to.equal(201);
    });
  });

  describe('pages', () => {
    const list = async (
      query: string,
      token = adminToken(),
    ): Promise<{ ids: string[]; next: string | null; received: Received }> => {
      const received = await send(at(`/things?${query}`), { token });
      const { data = [], next_cursor = null } = received.json as {
        data?: { id: string }[];
        next_cursor?: string | null;
      };
      return { ids: data.map(({ id }) => id), next: next_cursor, received };
    };

    it('walks a list to its end', async () => {
      const ids: string[] = [];
      let cursor = '';
      for (let page = 0; page < 4; page += 1) {
        const { ids: some, next } = await list(`limit=2${cursor}`);
        ids.push(...some);
        if (next === null) break;
        cursor = `&cursor=${next}`;
      }
      expect(ids).to.deep.equal(['acme-1', 'acme-2', 'acme-3', 'beta-1', 'beta-2', 'beta-3']);
    });

    it('refuses a cursor under other filters, of another tenant, or changed in any place', async () => {
      const { next } = await list('limit=1&prefix=acme', tenantToken('acme'));
      expect((await list(`limit=2&prefix=acme&cursor=${next}`, tenantToken('acme'))).ids).to.deep.equal([
        'acme-2',
        'acme-3',
      ]);
      expectProblem((await list(`limit=1&cursor=${next}`, tenantToken('acme'))).received, 422);
      expectProblem((await list(`limit=1&prefix=acme&cursor=${next}`, tenantToken('beta'))).received, 422);
      for (let place = 0; place < (next ?? '').length; place += 1) {
        const other = next?.[place] === 'A' ? 'B' : 'A';
        const changed = `${next?.slice(0, place)}${other}${next?.slice(place + 1)}`;
        const { received } = await list(`limit=1&prefix=acme&cursor=${changed}`, tenantToken('acme'));
        expect(received.status, `changed at ${place}`).to.equal(422);
      }
      expectProblem((await list(`limit=1&prefix=acme&cursor=${next}%20`, tenantToken('acme'))).received, 422);
    });
  });
});
