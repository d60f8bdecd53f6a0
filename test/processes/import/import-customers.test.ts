import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { invoiceId } from '../../../commands/invoicing/invoice.ts';
import { openPersonalData } from '../../../src/personal/open-personal-data.ts';
import { importCustomers } from '../../../src/processes/import/import-customers.ts';
import { csvItems } from '../../../src/processes/import/csv-items.ts';
import { ok, problem, type Json } from '../../support/http/api.ts';
import { invoiceOf, rollup, seededLedger } from '../../support/http/invoices-month.ts';
import { testMasterKey } from '../../support/ledger/test-master-key.ts';
import type { TestLedger } from '../../support/ledger/test-ledger.ts';

const sample = readFileSync('docs/examples/customers.csv', 'utf8');
const sampleCounts = { customers: 3, deployments: 3, subscriptions: 3, addons: 1, opening_balances: 2 };

const profile = {
  legal_name: 'Straße & Söhne 株式会社',
  address: { lines: ['1 Road'], city: 'Sydney', region: 'NSW', postcode: '2000', country: 'AU' },
  emails: { billing: ['pay@example.test'] },
};
const customer = (tenant_id: string, rest: Json = {}): Json => ({ tenant_id, ...profile, ...rest });

describe('the import of a running business', () => {
  let ledger: TestLedger;
  before(async () => {
    ledger = await seededLedger({ now: '2026-05-09T15:05:00.000Z' });
  });
  after(() => ledger.close());

  const send = (customers: Json[], dry_run = false) =>
    ledger.api.post('customers/import', { dry_run, customers });
  const deploymentOf = async (tenant: string): Promise<Json> => {
    const { data } = await ok(ledger.api.get('deployments?limit=500'));
    const { id } = data.find(({ tenant_id }: Json) => tenant_id === tenant);
    return (await ok(ledger.api.get(`deployments/${id}`))).data;
  };

  it('lists ten kinds of wrong rows, in a dry run and as a refusal, and writes nothing', async () => {
    const events = await ledger.eventCount();
    const site = (subscription: Json) => ({
      deployments: [
        { slug: 's', display_name: 's', subscription: { starts_on: '2025-01-01', ...subscription } },
      ],
    });
    const wrong = [
      customer('w1', { tax_id: '51 824 753 557' }),
      customer('w2', site({ plan_code: 'nope' })),
      customer('w3', site({ plan_code: 'studio', version: 9 })),
      customer('w4', site({ plan_code: 'studio', addons: [{ code: 'nope', price_cents: 1 }] })),
      customer('w5', site({ plan_code: 'studio', starts_on: '2025-02-30' })),
      customer('w6', site({ plan_code: 'studio', billed_from: '2024-12-31' })),
      customer('w7', { opening_balance: { amount_cents: 1, on: '2026-05-10' } }),
      customer('w8', { opening_balance: { amount_cents: 1, on: '2026-05-01', currency: 'USD' } }),
      customer('w9', { nickname: 'x' }),
      customer('w9'),
      customer('w9'),
      'text',
    ];
    const { data } = await ok(send(wrong, true));
    expect(data.errors.map(({ row, path }: Json) => [row, path])).to.deep.equal([
      [1, 'tax_id'],
      [2, 'deployments.0.subscription.plan_code'],
      [3, 'deployments.0.subscription.version'],
      [4, 'deployments.0.subscription.addons.0.code'],
      [5, 'deployments.0.subscription.starts_on'],
      [6, 'deployments.0.subscription.billed_from'],
      [7, 'opening_balance.on'],
      [8, 'opening_balance.currency'],
      [9, 'nickname'],
      [11, 'tenant_id'],
      [12, ''],
    ]);
    expect((await problem(send(wrong), 422)).errors).to.deep.equal(data.errors);
    expect(JSON.stringify(data)).not.to.match(/Straße|example\.test/);
    expect(await ledger.eventCount()).to.equal(events);
    await problem(ledger.api.post('customers/import', {}), 422);
  });

  it('takes the sample file in once, as CSV, and bills nothing of the past', async () => {
    const csv = (query = '') =>
      ledger.api.post(`customers/import${query}`, sample, { headers: { 'content-type': 'text/csv' } });
    const dry = (await ok(csv('?dry_run=true'))).data;
    expect(dry).to.deep.equal({ dry_run: true, rows: 4, errors: [], would: sampleCounts });
    expect((await ok(csv())).data.would).to.deep.equal(sampleCounts);
    const events = await ledger.eventCount();
    const again = (await ok(csv())).data;
    expect(again.would).to.deep.equal({
      customers: 0,
      deployments: 0,
      subscriptions: 0,
      addons: 0,
      opening_balances: 0,
    });
    expect(await ledger.eventCount()).to.equal(events);
    const shown = await deploymentOf('globex');
    expect(shown.subscription).to.include({ starts_on: '2025-11-01', plan_code: 'starter' });
    const april = await rollup(ledger);
    expect([april.invoices, april.not_billable]).to.deep.equal([[], []]);
    ledger.clock.set('2026-06-01T03:00:00.000Z');
    await rollup(ledger, { period: '2026-05' });
    const { total_cents } = await invoiceOf(ledger, invoiceId('acme', '2026-05-01'));
    expect(total_cents).to.equal(5000 + 1400 + 2000 + 840);
  });

  it('completes what a crash cut off, after any number of commands', async () => {
    const text = sample
      .replaceAll('acme', 'crash-a')
      .replaceAll('globex', 'crash-b')
      .replaceAll('umbrella', 'crash-c');
    const run = (limit: number) => {
      const { items, errors } = csvItems(text);
      let left = limit;
      const faulty = {
        ...ledger.ledger,
        execute: (async (...given: Parameters<typeof ledger.ledger.execute>) => {
          if (left === 0) throw new Error('killed');
          left -= 1;
          return ledger.ledger.execute(...given);
        }) as typeof ledger.ledger.execute,
      };
      const now = () => ledger.clock.now();
      const personal = openPersonalData({ sql: ledger.sql, masterKey: testMasterKey, now });
      const deps = { ledger: faulty, personal };
      return importCustomers(deps, { items, errors, dryRun: false }, ledger.meta());
    };
    for (let commands = 0; commands < 8; commands++) {
      const failed = await run(commands).then(
        () => false,
        () => true,
      );
      expect(failed, `after ${commands} commands`).to.equal(true);
    }
    const { errors } = await run(100);
    expect(errors).to.deep.equal([]);
    expect((await run(100)).counts).to.include({ deployments: 0, opening_balances: 0 });
  });
});
