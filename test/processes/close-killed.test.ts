import { expect } from 'chai';
import { freshMeta } from '../../src/ledger/fresh-meta.ts';
import { invoicesRollup } from '../../src/jobs/invoices-rollup.ts';
import type { Service } from '../../src/open-service.ts';
import type { RollUpResult } from '../../src/processes/roll-up.ts';
import { daysFrom } from '../../src/pricing/calendar.ts';
import { startChild } from '../support/cli/child.ts';
import { admin } from '../support/commands/command-spec.ts';
import { ok, type Json } from '../support/http/api.ts';
import { seededLedger, subscribed } from '../support/http/invoices-month.ts';
import { setCustomer, setSeller } from '../support/http/parties.ts';
import type { TestLedger } from '../support/ledger/test-ledger.ts';

const tenants = ['acme', 'globex', 'initech'];

describe('a month that several processes close', () => {
  let ledger: TestLedger;
  let beside: Service;
  before(async () => {
    ledger = await seededLedger({ now: '2026-04-30T10:00:00.000Z', postgresLog: true });
    for (const tenant of tenants) await subscribed(ledger, tenant, 'site', { starts_on: '2026-04-30' });
    await ledger.settled();
    beside = await ledger.openBeside();
  });
  after(async () => {
    await beside.close();
    await ledger.close();
  });

  /** A run of the schedule on one of the machines, without the lock that keeps two of them apart. */
  const scheduled = async ({ processDeps }: Service, period: string): Promise<RollUpResult> =>
    invoicesRollup.run({ period, force: false }, processDeps, {
      actor: admin,
      runId: processDeps.ledger.newId(),
      queue: async () => undefined,
      progress: () => undefined,
      meta: () => freshMeta(processDeps.ledger, { actor: admin }),
    });
  const eventsOf = async (type: string, period: string): Promise<Json[]> =>
    (await ok(ledger.api.get(`events?type=${type}&limit=500`))).data
      .map(({ data }: Json) => data)
      .filter((data: Json) => (data.period ?? data.period_start) === period);
  const expectIssuedOnce = async (period: string): Promise<void> => {
    await ledger.settled();
    expect(await eventsOf('MonthClosed', period)).to.have.length(1);
    const issues = await eventsOf('InvoiceIssued', period);
    expect(issues.map(({ tenant_id, issue_no }) => [tenant_id, issue_no]).sort()).to.deep.equal(
      tenants.map((tenant) => [tenant, 1]),
    );
  };

  it('is finished by the schedule of two machines when the first was killed after the decision', async () => {
    ledger.clock.set('2026-05-01T03:00:00.000Z');
    const child = startChild('test/support/processes/close-child.ts', [], {
      TARGET: JSON.stringify(ledger.target),
      NOW: ledger.clock.now(),
    });
    await child.says(/decided/);
    child.kill('SIGKILL');
    await child.ended;
    await ledger.settled();
    expect(await eventsOf('InvoiceIssued', '2026-04-01')).to.deep.equal([]);
    const { data } = await ok(ledger.api.get('invoices/close?period=2026-04'));
    expect(data).to.deep.include({ status: 'closed', rolled_up: false });
    expect(data.closed).to.deep.include({ forced: true, reason: 'the owner wants it out' });
    expect(
      await invoicesRollup.heldBack?.({ period: '2026-04-01', force: false }, beside.processDeps),
    ).to.equal(null);
    await Promise.all([ledger, beside].map((service) => scheduled(service, '2026-04-01')));
    await expectIssuedOnce('2026-04-01');
    expect((await eventsOf('MonthClosed', '2026-04-01'))[0]).to.deep.include({ forced: true });
  });

  it('is decided once, and invoiced once, when two machines and a person close it', async () => {
    await setSeller(ledger, { effective_from: '2026-05-01' });
    for (const tenant of tenants) await setCustomer(ledger, tenant, { effective_from: '2026-05-01' });
    ledger.clock.set('2026-06-01T03:00:00.000Z');
    for (const day of daysFrom('2026-04-30', '2026-05-31'))
      await ok(ledger.api.post('jobs/metering.day/run', { day }));
    await Promise.all([
      scheduled(ledger, '2026-05-01'),
      scheduled(beside, '2026-05-01'),
      ok(ledger.api.post('invoices/close', { period: '2026-05' })),
    ]);
    await expectIssuedOnce('2026-05-01');
    const [decision] = await eventsOf('MonthClosed', '2026-05-01');
    expect(decision).to.deep.include({ forced: false, reason: null, blocked_by: [] });
  });
});
