import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import {
  createFinanceClient,
  type FinanceClient,
  type FinanceClientOptions,
} from '../../src/finance/client.ts';
import { FinanceError } from '../../src/finance/errors.ts';
import { buildImportPayload } from '../../src/finance/import-payload.ts';
import { startFinanceSimulator, type FinanceSimulator } from '../../simulators/finance/index.ts';

const secret = 'a-shared-secret-of-sufficient-length';
const now = Date.parse('2026-05-09T15:00:00.900Z');
const payload = buildImportPayload(
  { uuid: '66c69033-e9fe-51ae-af94-4fa3f5205f25', period: '2026-04-01', currency: 'USD' },
  [
    { line_no: 1, description: 'web', kind: 'droplet', amount_cents: 7902, is_tax: false },
    { line_no: 2, description: 'GST', kind: null, amount_cents: 790, is_tax: true },
  ],
);

const errorOf = async (call: Promise<unknown>): Promise<FinanceError> => {
  try {
    await call;
  } catch (error) {
    expect(error).to.be.instanceOf(FinanceError);
    return error as FinanceError;
  }
  throw new Error('the call succeeded');
};

describe('finance client', () => {
  let finance: FinanceSimulator;
  const clientWith = (options: Partial<FinanceClientOptions> = {}): FinanceClient =>
    createFinanceClient({
      baseUrl: finance.url,
      secret,
      tenantId: 'platform-admin',
      roles: ['admin'],
      clock: { now: () => now },
      ...options,
    });

  beforeEach(async () => {
    finance = await startFinanceSimulator({ secret, now: () => Math.floor(now / 1000) });
  });
  afterEach(() => finance.close());

  it('creates an invoice, and updates it the second time', async () => {
    const client = clientWith({ baseUrl: `${finance.url}/` });
    const first = await client.importInvoice(payload);
    const second = await client.importInvoice(payload);
    expect(first.action).to.equal('created');
    expect(second).to.deep.equal({ action: 'updated', invoice_id: first.invoice_id });
    expect(finance.invoices.get(payload.external_id)?.body).to.deep.equal(payload);
  });

  it('mints a token per call: HS512, who we are, valid for a few minutes', async () => {
    let time = now;
    const client = clientWith({ roles: ['admin', 'auditor'], clock: { now: () => time } });
    await client.importInvoice(payload);
    time += 60_000;
    await client.importInvoice(payload).catch(() => undefined);
    const iat = Math.floor(now / 1000);
    expect(finance.calls[0]?.claims).to.deep.equal({
      sub: 'arcadia-cloud',
      iat,
      exp: iat + 300,
      tenant_id: 'platform-admin',
      roles: ['admin', 'auditor'],
    });
    expect(finance.calls[1]?.claims?.iat).to.equal(iat + 60);
  });

  it('says which failures are worth another attempt', async () => {
    const client = clientWith();
    finance.fail('down', 1);
    expect(await errorOf(client.importInvoice(payload))).to.include({
      code: 'unavailable',
      status: 503,
      retryable: true,
    });
    finance.fail('reset', 1);
    expect(await errorOf(client.importInvoice(payload))).to.include({
      code: 'unavailable',
      status: null,
      retryable: true,
    });
    finance.fail('slow', 1);
    const slow = await errorOf(clientWith({ timeoutMs: 1_000 }).importInvoice(payload));
    expect(slow).to.include({ code: 'unavailable', status: null });
    expect(slow.message).to.contain('no complete answer within 1000 ms');
    finance.fail('unauthorized', 1);
    expect(await errorOf(client.importInvoice(payload))).to.include({
      code: 'unauthorized',
      status: 401,
      retryable: false,
    });
    const rejected = await errorOf(client.importInvoice({ ...payload, currency: 'dollars' }));
    expect(rejected).to.include({ code: 'rejected', status: 422, retryable: false });
    expect(rejected.message).to.contain('currency');
  });

  it('updates after an answer that was lost on its way', async () => {
    const client = clientWith();
    finance.fail('reset_after_import', 1);
    expect((await errorOf(client.importInvoice(payload))).retryable).to.equal(true);
    expect((await client.importInvoice(payload)).action).to.equal('updated');
  });

  it('is refused with another secret, role or tenant, and never shows the secret', async () => {
    const wrong = await errorOf(clientWith({ secret: 'another-secret' }).importInvoice(payload));
    expect(wrong.code).to.equal('unauthorized');
    expect(`${wrong.message} ${JSON.stringify(wrong)}`).not.to.contain('another-secret');
    expect((await errorOf(clientWith({ roles: [] }).importInvoice(payload))).status).to.equal(403);
    expect((await errorOf(clientWith({ tenantId: 'another' }).importInvoice(payload))).status).to.equal(403);
  });

  it('takes no token for an id, and keeps none that it echoes', async () => {
    const client = clientWith();
    finance.fail('echo_as_id', 1);
    const echoed = await errorOf(client.importInvoice(payload));
    expect(echoed).to.include({ code: 'malformed', status: 200 });
    finance.fail('echo_as_reason', 1);
    const refused = await errorOf(client.importInvoice(payload));
    expect(refused).to.include({ code: 'rejected', status: 422 });
    expect(refused.message).to.contain('not for Bearer [redacted]');
    for (const { message, stack } of [echoed, refused])
      expect(`${message} ${String(stack)}`)
        .to.not.contain('eyJ')
        .and.to.not.contain('\u001b');
  });

  it('reads no answer beyond 32 MB, and none that never ends', async () => {
    finance.fail('flood', 1);
    // On a busy machine 32 MB take their time.
    expect(await errorOf(clientWith({ timeoutMs: 120_000 }).importInvoice(payload))).to.include({
      code: 'too-large',
      status: 200,
      retryable: false,
    });
    finance.fail('endless', 1);
    const endless = await errorOf(clientWith({ timeoutMs: 100 }).importInvoice(payload));
    expect(endless.code).to.equal('unavailable');
    expect(endless.message).to.contain('no complete answer within 100 ms');
  });

  it('calls a service that is not there unavailable', async () => {
    const { url } = finance;
    await finance.close();
    expect(await errorOf(clientWith({ baseUrl: url }).importInvoice(payload))).to.include({
      code: 'unavailable',
      status: null,
    });
    finance = await startFinanceSimulator({ secret });
  });
});

describe('finance client: strange answers', () => {
  let server: Server;
  let answer: (response: ServerResponse, request: IncomingMessage) => void;
  let client: FinanceClient;

  beforeEach(async () => {
    server = createServer((request, response) => answer(response, request));
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    const baseUrl = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
    client = createFinanceClient({
      baseUrl,
      secret,
      tenantId: 'platform-admin',
      roles: ['admin'],
      clock: { now: () => now },
    });
  });
  afterEach(() => {
    server.closeAllConnections();
    server.close();
  });

  const send =
    (status: number, contentType: string, body: string) =>
    (response: ServerResponse): void => {
      response.writeHead(status, { 'content-type': contentType }).end(body);
    };

  it('takes more fields than it needs, a numeric id, and an answer under data', async () => {
    answer = send(201, 'application/json; charset=utf-8', '{"action":"created","invoice_id":42,"more":true}');
    expect(await client.importInvoice(payload)).to.deep.equal({ action: 'created', invoice_id: '42' });
    answer = send(200, 'application/json', '{"data":{"action":"updated","invoice_id":"fin-1"}}');
    expect(await client.importInvoice(payload)).to.deep.equal({ action: 'updated', invoice_id: 'fin-1' });
  });

  const malformed: readonly (readonly [what: string, status: number, contentType: string, body: string])[] = [
    ['HTML with a 200', 200, 'text/html', '<h1>Welcome</h1>'],
    ['JSON that does not parse', 200, 'application/json', '{"action":'],
    ['an unknown action', 200, 'application/json', '{"action":"ignored","invoice_id":"1"}'],
    ['no id', 200, 'application/json', '{"action":"created"}'],
    [
      'an id that is too long',
      200,
      'application/json',
      `{"action":"created","invoice_id":"${'x'.repeat(201)}"}`,
    ],
    [
      'an id with control characters',
      200,
      'application/json',
      '{"action":"created","invoice_id":"a\\u001b[2J"}',
    ],
    [
      'another token as the id',
      200,
      'application/json',
      '{"action":"created","invoice_id":"eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ4In0.c2lnbmF0dXJl"}',
    ],
    ['nothing', 204, 'application/json', ''],
  ];
  for (const [what, status, contentType, body] of malformed) {
    it(`does not take ${what} for an import`, async () => {
      answer = send(status, contentType, body);
      expect(await errorOf(client.importInvoice(payload))).to.include({ code: 'malformed', status });
    });
  }

  it('keeps no part of the token that is echoed: in several lines, or its signature alone', async () => {
    let signature = '';
    const echo = (make: (parts: readonly string[]) => [status: number, body: object]) => {
      answer = (response, request) => {
        const parts = (request.headers.authorization ?? '').slice('Bearer '.length).split('.');
        signature = parts[2] ?? '';
        const [status, body] = make(parts);
        response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
      };
    };
    echo((parts) => [422, { detail: `the token was\n${parts.join('.\n')}` }]);
    const error = await errorOf(client.importInvoice(payload));
    expect(error.message).to.contain('the token was').and.to.not.contain('eyJ').and.to.not.contain(signature);
    echo((parts) => [200, { action: 'created', invoice_id: parts[2] }]);
    expect(await errorOf(client.importInvoice(payload))).to.include({ code: 'malformed', status: 200 });
    expect(signature).to.have.length.above(20);
  });

  it('takes no answer of millions of values apart', async () => {
    answer = send(
      200,
      'application/json',
      `{"action":"created","invoice_id":"1","more":[${'{},'.repeat(600_000)}{}]}`,
    );
    const error = await errorOf(client.importInvoice(payload));
    expect(error).to.include({ code: 'too-large', status: 200 });
    expect(error.message).to.contain('holds more than 500,000 values');
  });

  it('follows no redirect: the token is for this host alone', async () => {
    const elsewhere = await startFinanceSimulator({ secret, now: () => Math.floor(now / 1000) });
    try {
      answer = (response) =>
        response
          .writeHead(307, { location: `${elsewhere.url}/api/v1/integrations/cloud/import-invoice` })
          .end();
      expect(await errorOf(client.importInvoice(payload))).to.include({ code: 'malformed', status: 307 });
      expect(elsewhere.calls).to.deep.equal([]);
    } finally {
      await elsewhere.close();
    }
  });

  it('says in its message what the service says', async () => {
    answer = send(409, 'application/problem+json', '{"title":"Conflict","detail":"the period is closed"}');
    const error = await errorOf(client.importInvoice(payload));
    expect(error).to.include({ code: 'rejected', status: 409 });
    expect(error.message).to.contain('the period is closed');
  });
});
