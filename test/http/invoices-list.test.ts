import { expect } from 'chai';
import { createMailClient } from '../../src/mail/mail-client.ts';
import { ok, problem, type Json } from '../support/http/api.ts';
import { rollup, seededLedger, subscribed } from '../support/http/invoices-month.ts';
import { send } from '../support/http/request.ts';
import { adminToken, tenantToken } from '../support/http/tokens.ts';
import type { TestLedger } from '../support/ledger/test-ledger.ts';
import { startMailServer, type MailServer } from '../support/mail/mail-server.ts';
import { customerBody, sellerBody } from '../support/parties/party-bodies.ts';

const tenants = ['acme', 'beta', '=cmd', 'delta'];
const acme = { token: tenantToken('acme') };

describe('the list of invoices', () => {
  let server: MailServer;
  let test: TestLedger;
  const ids = new Map<string, string>();
  const list = (query: string) => ok(test.api.get(`invoices?${query}`));
  const tenantsOf = (rows: Json[]) => rows.map(({ tenant_id }) => tenant_id);
  before(async () => {
    server = await startMailServer();
    const mail = createMailClient({ url: server.url, from: 'billing@seller.example' });
    test = await seededLedger({ outside: { mail, autoSend: false } });
    for (const [no, tenant] of tenants.entries())
      await subscribed(test, tenant, 'shop', { starts_on: `2026-04-${String(1 + 7 * no).padStart(2, '0')}` });
    await ok(test.api.put('seller', sellerBody));
    for (const tenant of tenants.slice(0, 2)) await ok(test.api.put(`customers/${tenant}`, customerBody));
    const { invoices } = await rollup(test, { period: '2026-04' });
    for (const { tenant_id, invoice_id } of invoices) ids.set(tenant_id, invoice_id);
    await ok(test.api.post(`invoices/${ids.get('acme')}/pay`));
    await ok(test.api.post(`invoices/${ids.get('delta')}/void`));
    await ok(test.api.post(`invoices/${ids.get('beta')}/send`));
  });
  after(async () => {
    await test.close();
    await server.close();
  });

  it('has what the invoices of a filter come to, whatever the page and the status', async () => {
    const { data } = await list('limit=500');
    const { summary } = await list('summary=true&status=paid&overdue=false&limit=1');
    const sumsOf = (rows: Json[]) => ({
      invoices: rows.length,
      total_cents: rows.reduce((total, row) => total + row.total_cents, 0),
      open_cents: rows.reduce((total, row) => total + row.open_cents, 0),
    });
    expect(summary.all).to.deep.equal(sumsOf(data));
    const standing = data.filter(({ status }: Json) => status !== 'void');
    for (const [members, rows, name] of [
      [summary.statuses, data, 'status'],
      [summary.mail, standing, 'mail'],
    ] as const) {
      const values = [...new Set(rows.map((row: Json) => row[name]))].sort();
      expect(members).to.deep.equal(
        values.map((value) => ({
          [name]: value,
          ...sumsOf(rows.filter((row: Json) => row[name] === value)),
        })),
      );
    }
    expect(summary.statuses.map(({ status }: Json) => status)).to.deep.equal(['issued', 'paid', 'void']);
    expect(summary.overdue).to.deep.equal(sumsOf(data.filter(({ overdue }: Json) => overdue)));
    expect((await list('')).summary).to.equal(undefined);
  });

  it('finds by tenant, amount and mailing', async () => {
    expect(tenantsOf((await list('tenant_id=beta')).data)).to.deep.equal(['beta']);
    expect(tenantsOf((await list('mail=delivered')).data)).to.deep.equal(['beta']);
    expect((await list('mail=unsent')).data).to.have.length(3);
    const [{ total_cents }] = (await list('tenant_id=beta')).data;
    expect(tenantsOf((await list(`from_cents=${total_cents}&to_cents=${total_cents}`)).data)).to.deep.equal([
      'beta',
    ]);
    expect((await list('summary=true&mail=delivered')).summary.all.invoices).to.equal(1);
  });

  it('shows a tenant its own only', async () => {
    const own = await ok(test.api.get('invoices?summary=true', acme));
    expect(tenantsOf(own.data)).to.deep.equal(['acme']);
    expect(own.summary.all.invoices).to.equal(1);
    await problem(test.api.get('invoices?tenant_id=beta', acme), 403);
  });

  it('is paged in every order', async () => {
    const fields = {
      period: 'period_start',
      tenant: 'tenant_id',
      issued: 'issued_at',
      due: 'due_on',
      total: 'total_cents',
      open: 'open_cents',
    };
    for (const [by, field] of Object.entries(fields)) {
      for (const sort of [by, `-${by}`]) {
        const whole = (await list(`sort=${sort}`)).data;
        const values = whole.map((row: Json) => row[field]);
        const sign = sort === by ? 1 : -1;
        const sorted = [...values].sort((a, b) => (a < b ? -sign : a > b ? sign : 0));
        expect(values, sort).to.deep.equal(sorted);
        const paged: Json[] = [];
        for (let cursor: string | null = ''; cursor !== null;) {
          const page: Json = await list(`sort=${sort}&limit=1${cursor === '' ? '' : `&cursor=${cursor}`}`);
          paged.push(...page.data);
          cursor = page.next_cursor;
        }
        expect(paged, sort).to.deep.equal(whole);
      }
    }
    await problem(test.api.get('invoices?sort=colour'), 422, 'sort');
  });

  it('is CSV of exactly what the filter finds', async () => {
    const get = (query: string, token = adminToken()) =>
      send(`${test.url}/api/v1/invoices?${query}`, { token });
    const { status, headers, text } = await get('format=csv&sort=tenant&status=issued&period=2026-04');
    expect(status).to.equal(200);
    expect(headers.get('content-type')).to.equal('text/csv; charset=utf-8');
    expect(headers.get('content-disposition')).to.contain('attachment; filename="invoices-2026-04.csv"');
    const [head = '', ...lines] = text.trimEnd().split('\r\n');
    const { data } = await list('sort=tenant&status=issued&period=2026-04');
    expect(lines).to.have.length(data.length);
    expect(tenantsOf(data)).to.deep.equal(['=cmd', 'beta']);
    const cells = lines.map((line) =>
      Object.fromEntries(head.split(',').map((name, at) => [name, line.split(',')[at]])),
    );
    for (const [at, row] of data.entries()) {
      const tenant = row.tenant_id.startsWith('=') ? `'${row.tenant_id}` : row.tenant_id;
      expect(cells[at]).to.include({
        ...{ tenant_id: tenant, number: row.number, status: 'issued', mail: row.mail, id: row.id },
        total: (row.total_cents / 100).toFixed(2),
      });
    }
    const own = await get('format=csv', acme.token);
    expect(own.text.trimEnd().split('\r\n')).to.have.length(2);
    expect((await get('format=csv&tenant_id=beta', acme.token)).status).to.equal(403);
    await problem(test.api.get('invoices?format=csv&limit=5'), 422, 'limit');
  });
});
