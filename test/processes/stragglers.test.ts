import { expect } from 'chai';
import { invoiceId } from '../../commands/invoicing/invoice.ts';
import {
  charge,
  invoiceOf,
  meter,
  rollup,
  seededLedger,
  subscribed,
} from '../support/http/invoices-month.ts';
import { ok } from '../support/http/api.ts';
import type { Json } from '../support/http/api.ts';
import { schedule as tick } from '../support/property/fact-player.ts';
import type { TestLedger } from '../support/ledger/test-ledger.ts';

describe('facts of a rolled-up month of a tenant without an invoice', () => {
  let ledger: TestLedger;
  let idle: string;
  const deployment = async (tenant_id: string): Promise<string> =>
    (await ok(ledger.api.post('deployments', { tenant_id, slug: 'idle', display_name: 'Idle' }), 201)).data
      .id;
  const totals = async (): Promise<[string, string, number][]> =>
    (await ok(ledger.api.get('invoices?limit=500'))).data.map((one: Json) => [
      one.tenant_id,
      one.period_start.slice(0, 7),
      one.total_cents,
    ]);
  beforeEach(async () => {
    ledger = await seededLedger({ now: '2026-03-20T10:00:00.000Z' });
    await subscribed(ledger, 'acme', 'site', { starts_on: '2026-03-20' });
    idle = await deployment('initech');
    ledger.clock.set('2026-05-01T03:00:00.000Z');
    expect(await tick(ledger)).to.deep.equal(['2026-03-01', '2026-04-01']);
    expect(await totals()).to.have.length(2);
    expect(await tick(ledger)).to.deep.equal([]);
  });
  afterEach(() => ledger.close());

  it('are issued by the next scheduled rollup, oldest month first, once', async () => {
    await charge(ledger, 'initech', idle, 'g-1', '9900', '2026-04-29T10:00:00.000Z');
    await charge(ledger, 'initech', idle, 'g-2', '100', '2026-03-29T10:00:00.000Z');
    await ledger.settled();
    const events = await ledger.eventCount();
    expect(await tick(ledger)).to.deep.equal(['2026-03-01', '2026-04-01']);
    expect(await totals()).to.deep.include.members([
      ['initech', '2026-04', 10_890],
      ['initech', '2026-03', 110],
    ]);
    // For each month the lines, the invoice and the mark.
    expect(await ledger.eventCount()).to.equal(events + 6);
    expect(await tick(ledger)).to.deep.equal([]);
    expect(await ledger.eventCount()).to.equal(events + 6);
    const invoice = await invoiceOf(ledger, invoiceId('initech', '2026-04-01'));
    expect([invoice.subtotal_cents, invoice.tax_cents, invoice.late_count]).to.deep.equal([9900, 990, 0]);
  });

  it('are issued for months before the ledger began too', async () => {
    await charge(ledger, 'initech', idle, 'g-1', '5', '2025-11-29T10:00:00.000Z');
    await charge(ledger, 'acme', await deployment('acme'), 'g-2', '7', '2026-01-31T23:59:59.999Z');
    await ledger.settled();
    expect(await tick(ledger)).to.deep.equal(['2025-11-01', '2026-01-01']);
    expect(await totals()).to.deep.include.members([
      ['initech', '2025-11', 6],
      ['acme', '2026-01', 8],
    ]);
    expect(await tick(ledger)).to.deep.equal([]);
  });

  it('are a subscription that reaches back, over all its months', async () => {
    await ok(
      ledger.api.post(`deployments/${idle}/subscribe`, { plan_code: 'starter', starts_on: '2026-02-15' }),
      201,
    );
    expect(await tick(ledger)).to.deep.equal(['2026-02-01', '2026-03-01', '2026-04-01']);
    expect((await totals()).filter(([tenant]) => tenant === 'initech')).to.deep.equal([
      ['initech', '2026-04', 2200],
      ['initech', '2026-03', 2200],
      ['initech', '2026-02', 1100],
    ]);
    expect(await tick(ledger)).to.deep.equal([]);
    ledger.clock.set('2026-06-01T03:00:00.000Z');
    expect(await tick(ledger)).to.deep.equal(['2026-05-01']);
  });

  it('that come to nothing are looked at once, and again when something is added', async () => {
    await meter(ledger, 'initech', idle, '2026-04-10', [{ resource_kind: 'droplet_hours', qty: '24' }]);
    await ledger.settled();
    expect(await tick(ledger)).to.deep.equal(['2026-04-01']);
    expect(await tick(ledger)).to.deep.equal([]);
    await charge(ledger, 'initech', idle, 'g-1', '1', '2026-04-29T10:00:00.000Z');
    await ledger.settled();
    expect(await tick(ledger)).to.deep.equal(['2026-04-01']);
    expect(await totals()).to.deep.include(['initech', '2026-04', 1]);
  });

  it('leave invoices that stand alone: what concerns them is late there', async () => {
    const site = (await ok(ledger.api.get('deployments'))).data.find(
      ({ tenant_id }: Json) => tenant_id === 'acme',
    ).id;
    await charge(ledger, 'acme', site, 'g-1', '9900', '2026-04-29T10:00:00.000Z');
    await ledger.settled();
    expect(await tick(ledger)).to.deep.equal([]);
    expect((await invoiceOf(ledger, invoiceId('acme', '2026-04-01'))).late_count).to.equal(1);
  });

  it('are issued by a rollup by hand as well, which skips what stands', async () => {
    await charge(ledger, 'initech', idle, 'g-1', '9900', '2026-04-29T10:00:00.000Z');
    await ledger.settled();
    const { invoices } = await rollup(ledger);
    expect(invoices.map((one: Json) => [one.tenant_id, one.status, one.total_cents])).to.deep.equal([
      ['acme', 'skipped', 5500],
      ['initech', 'issued', 10_890],
    ]);
    expect(await tick(ledger)).to.deep.equal([]);
  });
});
