import { expect } from 'chai';
import { deploymentStream } from '../../commands/deployments/deployment.ts';
import { newEvent } from '../../src/ledger/handle-command.ts';
import { ok } from '../support/http/api.ts';
import type { Json } from '../support/http/api.ts';
import type { TestLedger } from '../support/ledger/test-ledger.ts';
import { seededLedger, subscribed } from '../support/http/invoices-month.ts';

describe('a subscription on a plan version that the catalog lacks', () => {
  let ledger: TestLedger;
  before(async () => {
    ledger = await seededLedger({ now: '2026-04-01T08:00:00.000Z' });
    await subscribed(ledger, 'acme', 'site');
    const site = await subscribed(ledger, 'broken', 'site');
    const { subscription } = (await ok(ledger.api.get(`deployments/${site}`))).data;
    ledger.clock.set('2026-05-02T08:00:00.000Z');
    const stream = deploymentStream(site);
    const revision = (await ledger.log.read(stream)).length - 1;
    const change = {
      type: 'PlanVersionChanged',
      data: {
        deployment_id: site,
        tenant_id: 'broken',
        subscription_id: subscription.id,
        from_plan_code: 'studio',
        from_plan_version: 1,
        plan_code: 'ghost',
        plan_version: 7,
        effective_on: '2026-05-02',
      },
    };
    const meta = { ...ledger.meta(), command: 'change-plan-version' };
    const event = newEvent(change, stream, revision + 1, meta, ledger.clock.now());
    await ledger.log.append(stream, [event], revision);
    await ledger.settled();
  });
  after(() => ledger.close());

  const because = 'version 7 of plan ghost is not in the catalog';
  const left = [{ tenant_id: 'broken', reason: because }];

  it('leaves its tenant out of each answer over all, by name', async () => {
    const { data: accrual } = await ok(ledger.api.get('dashboard/accrual'));
    expect([accrual.total_cents, accrual.not_billable]).to.deep.equal([5000, left]);
    const { data: margin } = await ok(ledger.api.get('dashboard/margin?period=2026-05'));
    expect(margin.not_billable).to.deep.equal(left);
    const { data: leakage } = await ok(ledger.api.get('dashboard/leakage?period=2026-05'));
    const items = leakage.items.map(({ reason, tenant_id, detail }: Json) => [reason, tenant_id, detail]);
    expect(items).to.deep.equal([['not-billable', 'broken', { because }]]);
    const { data: whatIf } = await ok(ledger.api.post('what-if', { period: '2026-05', overrides: {} }), 201);
    expect([whatIf.before.total_cents, whatIf.not_billable]).to.deep.equal([5500, left]);
  });

  it('is billed for the months before, and no neighbour goes without an invoice', async () => {
    const { data: april } = await ok(ledger.api.post('invoices/rollup', { period: '2026-04' }));
    const issued = april.invoices.map((one: Json) => [one.tenant_id, one.total_cents]);
    expect(issued).to.deep.equal([
      ['acme', 5500],
      ['broken', 5500],
    ]);
    ledger.clock.set('2026-06-01T08:00:00.000Z');
    const { data: may } = await ok(ledger.api.post('invoices/rollup', { period: '2026-05' }));
    const tried = may.invoices.map((one: Json) => [one.tenant_id, one.status]);
    expect(tried).to.deep.equal([
      ['acme', 'issued'],
      ['broken', 'refused'],
    ]);
    expect(may.not_billable).to.deep.equal(left);
  });
});
