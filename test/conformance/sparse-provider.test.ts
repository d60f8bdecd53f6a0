import { expect } from 'chai';
import { invoiceCsv } from '../../simulators/digitalocean/index.ts';
import type { FaultEffect } from '../../simulators/digitalocean/index.ts';
import { completed } from '../support/processes/sync-run.ts';
import { ok, problem } from '../support/http/api.ts';
import { startTestLedger } from '../support/ledger/test-ledger.ts';
import type { TestLedger } from '../support/ledger/test-ledger.ts';

const april = '66c69033-e9fe-51ae-af94-4fa3f5205f25';
const listPath = '/v2/customers/my/invoices';
const historyPath = '/v2/customers/my/billing_history';
const absent: FaultEffect = { kind: 'status', status: 404 };

describe('a provider that answers a part of its API only', () => {
  let ledger: TestLedger;
  beforeEach(async () => {
    ledger = await startTestLedger({ digitalOcean: {} });
  });
  afterEach(() => ledger.close());

  for (const path of [listPath, historyPath]) {
    it(`discovers and ingests every invoice without ${path}`, async () => {
      ledger.digitalOcean.faults.inject({ path, effect: absent });
      expect(await completed(ledger, 'billing.history')).to.include({ discovered: 137, ingested: 137 });
    });
  }

  it('fails the job, and discovers nothing, where it has neither list nor history', async () => {
    for (const path of [listPath, historyPath]) ledger.digitalOcean.faults.inject({ path, effect: absent });
    const { data } = await ok(ledger.api.post('jobs/billing.history/run'));
    expect([data.status, data.error]).to.deep.equal(['failed', data.error]);
    expect(data.error).to.match(/the list of invoices: .* answered 404/);
    expect(await ledger.eventCount()).to.equal(0);
  });

  it('ingests an invoice by its uuid from summary and CSV alone', async () => {
    for (const path of [listPath, historyPath, '/v2/customers/my/invoices/*'])
      ledger.digitalOcean.faults.inject({ path, effect: absent });
    const { data } = await ok(ledger.api.post(`billing/invoices/${april}/ingest`));
    expect(data).to.include({ period: '2026-04-01', lines: 33, amount_cents: 8692, tax_cents: 790 });
  });

  it('still takes no preview for an invoice, and no uuid for one that it does not know', async () => {
    const preview = ledger.digitalOcean.setPreview({
      period: '2026-04',
      csv: invoiceCsv([{ product: 'Droplets', description: 'git.example.com (s)', usd: '$1.00' }]),
    });
    const running = ledger.digitalOcean.setPreview({
      period: '2026-05',
      csv: invoiceCsv([{ product: 'Droplets', description: 'git.example.com (s)', usd: '$1.00' }]),
    });
    for (const path of [listPath, historyPath]) ledger.digitalOcean.faults.inject({ path, effect: absent });
    for (const uuid of [running.invoice_uuid, preview.invoice_uuid, '7c0e2b4e-5f0a-4a57-9f0c-2f8a4de1c0aa']) {
      await problem(ledger.api.post(`billing/invoices/${uuid}/ingest`), 404);
    }
    for (const name of ['preview', 'no-such-invoice']) {
      await problem(ledger.api.post(`billing/invoices/${name}/ingest`), 422, 'uuid');
    }
    // A preview of a month that has ended and is not closed yet.
    ledger.digitalOcean.account.invoice_preview = preview;
    await problem(ledger.api.post(`billing/invoices/${preview.invoice_uuid}/ingest`), 404);
    expect(await ledger.eventCount()).to.equal(0);
  });

  it('may omit a field of some resources; missing from all of a kind, it is a missing scope', async () => {
    const sparse = {
      id: 77,
      name: 'sparse',
      status: 'active',
      size_slug: 's-1vcpu-1gb',
      region: { slug: 'syd1' },
      created_at: '2026-05-01T00:00:00Z',
    };
    ledger.digitalOcean.account.droplets.push(sparse);
    expect(await completed(ledger, 'sync.droplets')).to.deep.equal({ seen: 6, changed: 6, missed: 0 });
    const [row] = (await ok(ledger.api.get('inventory?kind=droplet&limit=500'))).data.filter(
      ({ name }: { name: string }) => name === 'sparse',
    );
    expect(row).to.deep.include({
      provider_id: '77',
      region: 'syd1',
      size_slug: 's-1vcpu-1gb',
      status: 'active',
    });
    expect(row.attrs).to.deep.include({ backup_ids: [], tags: [], volume_ids: [] });
    expect(await completed(ledger, 'sync.droplets')).to.deep.equal({ seen: 6, changed: 0, missed: 0 });
    ledger.digitalOcean.faults.inject({
      path: '/v2/droplets',
      effect: { kind: 'drop_fields', fields: ['backup_ids'] },
    });
    const { data } = await ok(ledger.api.post('jobs/sync.droplets/run'));
    expect(data.status).to.equal('failed');
    expect(data.error).to.match(/backup_ids is missing; the token lacks the scope image:read/);
  });

  it('is believed when it says in plain JSON that a resource is gone', async () => {
    await completed(ledger, 'sync.droplets');
    ledger.digitalOcean.faults.inject({ path: '/v2/droplets', effect: { kind: 'empty_list' } });
    ledger.digitalOcean.faults.inject({
      path: '/v2/droplets/*',
      effect: { kind: 'status', status: 404, body: { error: 'not found' } },
    });
    expect(await completed(ledger, 'sync.droplets')).to.deep.equal({ seen: 0, changed: 0, missed: 5 });
  });
});
