import { expect } from 'chai';
import { invoiceId } from '../../commands/invoicing/invoice.ts';
import { ok, problem, type Json } from '../support/http/api.ts';
import type { TestLedger } from '../support/ledger/test-ledger.ts';
import { serviceToken } from '../support/http/tokens.ts';
import { expectExplained } from '../support/http/invoice-explain.ts';
import { invoiceOf, rollup, seededLedger, subscribed } from '../support/http/invoices-month.ts';

const meter = { token: serviceToken() };

describe('the life of reported usage', () => {
  let ledger: TestLedger;
  let site: string;
  const invoice = () => invoiceOf(ledger, invoiceId('acme', '2026-04-01'));

  before(async () => {
    ledger = await seededLedger();
    site = await subscribed(ledger, 'acme', 'site', { plan_code: 'starter' });
  });
  after(() => ledger.close());

  const send = (...events: Json[]) => ok(ledger.api.post('usage', { events }, meter));
  const report = (external_id: string, qty: string, changes: Json = {}): Json => ({
    source: 'cdn',
    external_id,
    deployment_id: site,
    resource_kind: 'bandwidth_gb',
    qty,
    day: '2026-04-15',
    ...changes,
  });
  const overages = (lines: Json[]) =>
    lines
      .filter(({ kind }) => kind === 'overage')
      .map(({ resource_kind, qty, amount_cents }) => [resource_kind, qty, amount_cents]);

  it('is billed above the allowance of its plan, the days of the month together', async () => {
    await send(
      report('1', '400', { day: '2026-04-01' }),
      report('2', '250.5', { day: '2026-04-30' }),
      report('2', '250.5'),
    );
    await send(report('may', '9999', { day: '2026-05-01' }));
    await send(report('tokens', '2000', { resource_kind: 'llm_tokens' }));
    await rollup(ledger);
    const { lines, unpriced } = await invoice();
    expect(overages(lines)).to.deep.equal([['bandwidth_gb', '150.5', 151]]);
    expect(unpriced).to.deep.equal([{ deployment_id: site, resource_kind: 'llm_tokens', qty: '2000' }]);
  });

  it('is explained report by report', async () => {
    const current = await invoice();
    const { lines } = await expectExplained(ledger, current, current.history.at(-1));
    const { usage_events } = lines.find(({ kind }: Json) => kind === 'overage');
    expect(usage_events).to.include({ count: 2, sum: '650.5' });
    expect(
      usage_events.data.map((event: Json) => [event.source, event.external_id, event.day, event.qty]),
    ).to.deep.equal([
      ['cdn', '1', '2026-04-01', '400'],
      ['cdn', '2', '2026-04-30', '250.5'],
    ]);
  });

  it('taken back is billed no more after a reissue, and the first issue stays explained', async () => {
    await ok(ledger.api.post('usage/cdn/1/void', { reason: 'measured twice' }, meter));
    expect((await invoice()).late.map(({ kind }: Json) => kind)).to.deep.equal(['reported_usage_voided']);
    await rollup(ledger, { tenant_id: 'acme', force: true });
    const current = await invoice();
    expect(overages(current.lines)).to.deep.equal([]);
    expect(current.late).to.deep.equal([]);
    for (const issue of current.history) await expectExplained(ledger, current, issue);
    expect(overages(current.history[0].lines)).to.deep.equal([['bandwidth_gb', '150.5', 151]]);
  });

  it('never counts the same name twice, whatever its content', async () => {
    const { data } = await send(
      report('1', '400', { day: '2026-04-01' }),
      report('1', '1', { day: '2026-04-01' }),
    );
    expect(data.map(({ status, reason }: Json) => [status, reason])).to.deep.equal([
      ['duplicate', 'voided'],
      ['rejected', 'id-reused'],
    ]);
    expect((await invoice()).late).to.deep.equal([]);
    await problem(ledger.api.post('usage/proxy/1/void', { reason: 'another source' }, meter), 404);
  });

  it('of days on which nothing was in force is not billed, and listed as unbilled', async () => {
    const other = await subscribed(ledger, 'globex', 'shop', {
      plan_code: 'starter',
      starts_on: '2026-04-16',
    });
    await send(
      report('g-1', '1000', { deployment_id: other }),
      report('g-2', '260', { deployment_id: other, day: '2026-04-16' }),
    );
    await rollup(ledger, { tenant_id: 'globex' });
    const { lines, unbilled } = await invoiceOf(ledger, invoiceId('globex', '2026-04-01'));
    expect(overages(lines)).to.deep.equal([['bandwidth_gb', '10', 10]]);
    expect(
      unbilled.map(({ deployment_id, resource_kind, qty }: Json) => [deployment_id, resource_kind, qty]),
    ).to.deep.equal([[other, 'bandwidth_gb', '1000']]);
  });
});
