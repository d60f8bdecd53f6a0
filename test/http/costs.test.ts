import { expect } from 'chai';
import { request } from 'node:http';
import { invoiceCsv } from '../../simulators/digitalocean/index.ts';
import { completed, syncAll } from '../support/processes/sync-run.ts';
import { ok, problem } from '../support/http/api.ts';
import { startTestLedger, type TestLedger } from '../support/ledger/test-ledger.ts';
import { adminToken, serviceToken, tenantToken } from '../support/http/tokens.ts';

const april = '66c69033-e9fe-51ae-af94-4fa3f5205f25';
const other = 'a3a1e3a0-0000-4000-8000-000000000001';

describe('costs over HTTP: the sample account', () => {
  let ledger: TestLedger;
  before(async () => {
    ledger = await startTestLedger({ digitalOcean: {}, finance: true });
    await syncAll(ledger);
  });
  after(async () => {
    await ledger.close();
  });

  const ingest = () => ok(ledger.api.post(`billing/invoices/${april}/ingest`));

  it('golden: April 2026 has 33 lines, 17 of them matched, 86.92 in all, tax 7.90', async () => {
    const { data } = await ingest();
    expect(data).to.deep.equal({
      invoice_uuid: april,
      period: '2026-04-01',
      currency: 'USD',
      amount_cents: 8692,
      lines: 33,
      matched: 17,
      unmatched: 16,
      lines_total_cents: 8692,
      tax_cents: 790,
      difference_cents: 0,
      changed: true,
      pushed: 'created',
      finance_invoice_id: data.finance_invoice_id,
    });
    const {
      summary,
      data: lines,
      next_cursor,
    } = await ok(ledger.api.get('billing/cost-lines?period=2026-04&limit=100'));
    expect(summary).to.deep.equal({ lines: 33, matched: 17, total_cents: 8692, tax_cents: 790 });
    expect(next_cursor).to.equal(null);
    const reasons = lines
      .map((line: { unmatched_reason: string | null }) => line.unmatched_reason)
      .filter((reason: string | null) => reason !== null);
    expect(reasons.filter((reason: string) => reason === 'tax')).to.have.length(1);
    expect(reasons.filter((reason: string) => reason === 'not-found')).to.have.length(15);
    const cents = (kept: { matched: boolean; unmatched_reason: string | null }[]) =>
      (kept as unknown as { amount_cents: number }[]).reduce((sum, line) => sum + line.amount_cents, 0);
    expect(
      cents(lines.filter((line: { matched: boolean }) => line.matched)),
      'matched: 3053 and 929',
    ).to.equal(3982);
    expect(
      cents(lines.filter((line: { unmatched_reason: string }) => line.unmatched_reason === 'not-found')),
      'unmatched',
    ).to.equal(3920);
  });

  it('golden: finance gets gross 8692, net 7902, tax 790, once', async () => {
    const imported = ledger.finance.invoices.get(april);
    expect(imported?.imports).to.equal(1);
    const { lines, ...head } = imported?.body ?? { lines: [] };
    expect(head).to.deep.equal({
      tenant_id: 'platform-admin',
      source: 'digitalocean',
      external_id: april,
      vendor: { name: 'DigitalOcean', category: 'cloud' },
      period_start: '2026-04-01',
      period_end: '2026-04-30',
      currency: 'USD',
      amount_gross_minor: 8692,
      amount_net_minor: 7902,
      amount_tax_minor: 790,
    });
    expect(lines).to.have.length(33);
    expect(lines[32]).to.deep.equal({
      line_no: 33,
      description: 'GST (10.0%)',
      kind: null,
      amount_minor: 790,
      is_tax: true,
    });
    const {
      data: [shown],
    } = await ok(ledger.api.get('billing/invoices'));
    expect(shown).to.deep.equal({
      uuid: april,
      period: '2026-04-01',
      amount_cents: 8692,
      currency: 'USD',
      status: 'ingested',
      lines: 33,
      matched: 17,
      difference_cents: 0,
      pushed_to_finance_at: ledger.clock.now(),
      finance_invoice_id: imported?.invoice_id,
      error: null,
      warnings: [],
      warnings_count: 0,
      reissue: null,
    });
  });

  it('a second ingestion, and ten at once, add no event and no push', async () => {
    const events = await ledger.eventCount();
    const again = await ingest();
    expect(again.data).to.include({ changed: false, pushed: null, matched: 17 });
    await Promise.all(Array.from({ length: 10 }, ingest));
    expect(await ledger.eventCount()).to.equal(events);
    expect(ledger.finance.invoices.get(april)?.imports).to.equal(1);
    expect(
      (await ok(ledger.api.post('jobs/billing.ingest_invoice/run', { invoice_uuid: april }))).data,
    ).to.include({ status: 'completed' });
    expect(await ledger.eventCount()).to.equal(events);
  });

  it('pages through cost lines in a stable order; the summary covers the whole filter', async () => {
    const seen: number[] = [];
    for (let cursor = ''; ;) {
      const page = await ok(ledger.api.get(`billing/cost-lines?period=2026-04-17&limit=10${cursor}`));
      seen.push(...page.data.map((line: { line_no: number }) => line.line_no));
      expect(page.summary).to.deep.equal({ lines: 33, matched: 17, total_cents: 8692, tax_cents: 790 });
      if (page.next_cursor === null) break;
      cursor = `&cursor=${page.next_cursor}`;
    }
    expect(seen).to.deep.equal(Array.from({ length: 33 }, (_, index) => index + 1));
  });

  it('filters cost lines by kind and match', async () => {
    const backups = await ok(
      ledger.api.get('billing/cost-lines?period=2026-04&kind=droplet_backup&matched=true'),
    );
    expect(backups.summary).to.deep.equal({ lines: 1, matched: 1, total_cents: 120, tax_cents: 0 });
    const [line] = backups.data;
    const [git] = (await ok(ledger.api.get('inventory?kind=droplet&limit=500'))).data.filter(
      (row: { name: string }) => row.name === 'git.example.com',
    );
    expect(line).to.deep.equal({
      id: `${april}:16`,
      invoice_uuid: april,
      line_no: 16,
      product: 'Droplet Backups',
      group_description: null,
      description: 'git.example.com (Weekly Backup Services)',
      kind: 'droplet_backup',
      name: 'git.example.com',
      hours: '672',
      started_at: '2026-04-01T00:00:00.000Z',
      ended_at: '2026-05-01T00:00:00.000Z',
      amount_cents: 120,
      currency: 'USD',
      project_name: 'pilot',
      resource_id: git.id,
      resource: { kind: 'droplet', name: 'git.example.com' },
      matched: true,
      matched_by: 'name',
      unmatched_reason: null,
      nearest: null,
      link: null,
      is_tax: false,
      tax_by_description: false,
      borne: {
        by: 'tenant',
        tenant_id: 'skyai-internal',
        deployment_id: null,
        rule: 'own',
        cents: 120,
        currency: 'AUD',
      },
    });
    expect(
      (await ok(ledger.api.get('billing/cost-lines?period=2026-04&matched=false'))).summary,
    ).to.deep.equal({ lines: 16, matched: 0, total_cents: 4710, tax_cents: 790 });
    expect(await ok(ledger.api.get('billing/cost-lines?period=2025-04'))).to.deep.equal({
      data: [],
      summary: { lines: 0, matched: 0, total_cents: 0, tax_cents: 0 },
      next_cursor: null,
    });
  });

  it('records the balance; the same snapshot again adds no event', async () => {
    await problem(ledger.api.get('billing/balance'), 404);
    await completed(ledger, 'billing.balance');
    const recordedAt = ledger.clock.now();
    const events = await ledger.eventCount();
    await completed(ledger, 'billing.balance');
    expect(await ledger.eventCount()).to.equal(events);
    await ledger.settled();
    expect(await ok(ledger.api.get('billing/balance'))).to.deep.equal({
      data: {
        month_to_date_balance_cents: 2344,
        account_balance_cents: 0,
        month_to_date_usage_cents: 2344,
        generated_at: '2026-05-09T15:01:12.000Z',
        recorded_at: recordedAt,
      },
    });
    ledger.digitalOcean.setBalance({ month_to_date_balance: '-27.52', generated_at: '2026-05-09T16:01:12Z' });
    await completed(ledger, 'billing.balance');
    await ledger.settled();
    expect((await ok(ledger.api.get('billing/balance'))).data).to.include({
      month_to_date_balance_cents: -2752,
      generated_at: '2026-05-09T16:01:12.000Z',
    });
  });

  it('is for admins only', async () => {
    for (const token of [tenantToken('acme'), serviceToken()]) {
      for (const path of ['billing/balance', 'billing/invoices', 'billing/cost-lines'])
        await problem(ledger.api.get(path, { token }), 403);
      await problem(ledger.api.post(`billing/invoices/${april}/ingest`, {}, { token }), 403);
    }
    await problem(ledger.api.get('billing/invoices', { token: null }), 401);
  });

  it('refuses what it does not know', async () => {
    const events = await ledger.eventCount();
    await problem(ledger.api.post(`billing/invoices/${other}/ingest`), 404);
    await problem(ledger.api.post(`billing/invoices/${april}/ingest`, { force: true }), 422, 'force');
    await problem(ledger.api.get('billing/cost-lines?period=2026-13'), 422, 'period');
    await problem(ledger.api.get('billing/cost-lines?matched=maybe'), 422, 'matched');
    await problem(ledger.api.get('billing/cost-lines?cursor=abc'), 422, 'cursor');
    await problem(ledger.api.get('billing/invoices?month=4'), 422, 'month');
    expect(await ledger.eventCount()).to.equal(events);
  });

  it('never takes the preview for an invoice, under its uuid or its other name', async () => {
    const preview = ledger.digitalOcean.setPreview({
      period: '2026-05',
      csv: invoiceCsv([{ product: 'Droplets', description: 'git.example.com (s)', usd: '$1.00' }]),
    });
    const events = await ledger.eventCount();
    await problem(ledger.api.post(`billing/invoices/${preview.invoice_uuid}/ingest`), 404);
    await problem(ledger.api.post('billing/invoices/preview/ingest'), 422, 'uuid');
    expect(await ledger.eventCount()).to.equal(events);
  });

  it('refuses a malformed invoice id without asking the provider', async () => {
    const asked = ledger.digitalOcean.requests.length;
    const { port } = new URL(ledger.url);
    for (const id of [
      '%2e%2e',
      '..%2f..%2faccount',
      '%252e%252e',
      '.',
      'preview',
      april.toUpperCase(),
      `${april}%20`,
    ]) {
      // Without fetch, which would resolve the dots in the path.
      const status = await new Promise((resolve, reject) => {
        const sent = request(
          {
            port,
            method: 'POST',
            path: `/api/v1/billing/invoices/${id}/ingest`,
            headers: { authorization: `Bearer ${adminToken()}` },
          },
          (answer) => {
            answer.resume();
            resolve(answer.statusCode);
          },
        );
        sent.once('error', reject).end();
      });
      expect(status, id).to.equal(422);
      await problem(
        ledger.api.post('jobs/billing.ingest_invoice/run', { invoice_uuid: decodeURIComponent(id) }),
        422,
        'invoice_uuid',
      );
    }
    expect(ledger.digitalOcean.requests.length).to.equal(asked);
  });
});
