import { expect } from 'chai';
import jwt from 'jsonwebtoken';
import { IMPORT_PATH, startFinanceSimulator, type FinanceSimulator } from '../../simulators/finance/index.ts';
import { until } from '../support/runtime/until.ts';

const secret = 'a secret that is shared by both services';
const nowSeconds = 1_778_000_000;
const claims = {
  sub: 'arcadia-cloud',
  iat: nowSeconds,
  exp: nowSeconds + 300,
  tenant_id: 'platform-admin',
  roles: ['admin'],
};
const mint = (changes: object = {}, algorithm: jwt.Algorithm = 'HS512', key = secret): string =>
  jwt.sign({ ...claims, ...changes }, key, { algorithm });

const body = {
  tenant_id: 'platform-admin',
  source: 'digitalocean',
  external_id: '66c69033-e9fe-51ae-af94-4fa3f5205f25',
  vendor: { name: 'DigitalOcean', category: 'cloud' },
  period_start: '2026-04-01',
  period_end: '2026-04-30',
  currency: 'USD',
  amount_gross_minor: 8692,
  amount_net_minor: 7902,
  amount_tax_minor: 790,
  lines: [
    { line_no: 1, description: 'all else', kind: 'droplet', amount_minor: 7902, is_tax: false },
    { line_no: 2, description: 'GST (10.0%)', kind: null, amount_minor: 790, is_tax: true },
  ],
};

describe('the finance stand-in', () => {
  let finance: FinanceSimulator;
  beforeEach(async () => {
    finance = await startFinanceSimulator({ secret, now: () => nowSeconds });
  });
  afterEach(() => finance.close());

  const send = async (
    payload: unknown,
    token = mint(),
    path = IMPORT_PATH,
  ): Promise<{ status: number; json: Record<string, unknown> }> => {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    const response = await fetch(finance.url + path, {
      method: 'POST',
      headers,
      body: typeof payload === 'string' ? payload : JSON.stringify(payload),
    });
    return { status: response.status, json: (await response.json()) as Record<string, unknown> };
  };

  it('creates an invoice once and updates it after, under one id', async () => {
    const first = await send(body);
    const second = await send(body);
    expect([first.status, first.json['action'], second.json['action']]).to.deep.equal([
      200,
      'created',
      'updated',
    ]);
    expect(second.json['invoice_id']).to.equal(first.json['invoice_id']);
    expect(finance.invoices.get(body.external_id)).to.deep.include({ imports: 2, body });
    expect(finance.calls.map((call) => [call.status, call.claims?.sub, call.reason])).to.deep.equal([
      [200, 'arcadia-cloud', null],
      [200, 'arcadia-cloud', null],
    ]);
  });

  const tokens: [string, number, () => string][] = [
    ['no token', 401, () => ''],
    ['another secret', 401, () => mint({}, 'HS512', 'another secret')],
    ['another algorithm', 401, () => mint({}, 'HS256')],
    ['an expired token', 401, () => mint({ exp: nowSeconds })],
    ['no subject', 401, () => mint({ sub: '' })],
    ['a token for days', 401, () => mint({ exp: nowSeconds + 86_400 })],
    ['another tenant', 403, () => mint({ tenant_id: 'acme' })],
    ['another role', 403, () => mint({ roles: ['viewer'] })],
  ];
  for (const [what, status, token] of tokens) {
    it(`answers ${status} to ${what}`, async () => {
      expect((await send(body, token())).status).to.equal(status);
      expect(finance.invoices.size).to.equal(0);
    });
  }

  const bodies: [string, number, unknown][] = [
    ['broken JSON', 400, '{'],
    ['gross that is not net plus tax', 422, { ...body, amount_gross_minor: 8693 }],
    ['tax that is not the tax lines', 422, { ...body, amount_tax_minor: 0, amount_net_minor: 8692 }],
    ['an unknown field', 422, { ...body, note: 'x' }],
    [
      'a fraction of a cent',
      422,
      { ...body, lines: body.lines.map((line) => ({ ...line, amount_minor: line.amount_minor + 0.5 })) },
    ],
    ['a line number twice', 422, { ...body, lines: body.lines.map((line) => ({ ...line, line_no: 1 })) }],
    ['a day that does not exist', 422, { ...body, period_end: '2026-04-31' }],
    ['a period that ends before it starts', 422, { ...body, period_end: '2026-03-31' }],
  ];
  for (const [what, status, payload] of bodies) {
    it(`answers ${status} to ${what}`, async () => {
      expect((await send(payload)).status).to.equal(status);
      expect(finance.invoices.size).to.equal(0);
    });
  }

  it('answers 404 elsewhere', async () => {
    expect((await send(body, mint(), '/api/v1/elsewhere')).status).to.equal(404);
  });

  it('fails on request, and recovers', async () => {
    finance.fail('down', 1);
    expect((await send(body)).status).to.equal(503);
    finance.fail('unauthorized');
    expect([(await send(body)).status, (await send(body)).status]).to.deep.equal([401, 401]);
    finance.fail('reset');
    expect(await send(body).catch(() => 'reset')).to.equal('reset');
    expect(finance.invoices.size).to.equal(0);
    finance.recover();
    expect((await send(body)).status).to.equal(200);
  });

  it('can take an import and lose the answer', async () => {
    finance.fail('reset_after_import', 1);
    expect(await send(body).catch(() => 'reset')).to.equal('reset');
    expect((await send(body)).json['action']).to.equal('updated');
  });

  it('can leave a call without an answer until the caller gives up', async () => {
    finance.fail('slow', 1);
    const headers = { authorization: `Bearer ${mint()}` };
    const caller = new AbortController();
    const given = fetch(finance.url + IMPORT_PATH, {
      method: 'POST',
      headers,
      body: JSON.stringify(body),
      signal: caller.signal,
    }).catch((error: Error) => error.name);
    await until('the call to arrive', () => finance.calls[0]);
    caller.abort();
    expect(await given).to.equal('AbortError');
    expect(finance.calls[0]?.status).to.equal(null);
  });
});
