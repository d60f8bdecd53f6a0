import { expect } from 'chai';
import { invoiceId } from '../../commands/invoicing/invoice.ts';
import { expectExplained } from '../support/http/invoice-explain.ts';
import { amounts, invoiceOf, meter, rollup, seededLedger } from '../support/http/invoices-month.ts';
import { ok } from '../support/http/api.ts';
import type { Json } from '../support/http/api.ts';
import type { TestLedger } from '../support/ledger/test-ledger.ts';

/**
 * Whether the gateway's charges or its tokens are billed, by the deployment's mode on the day of each report.
 */
describe('LLM modes', () => {
  let ledger: TestLedger;
  let requests = 0;
  beforeEach(async () => {
    ledger = await seededLedger({ now: '2026-06-01T09:00:00.000Z' });
  });
  afterEach(() => ledger.close());

  const today = (day: string) => {
    ledger.clock.set(`${day}T09:00:00.000Z`);
  };
  const deployed = async (llm_mode: string, starts_on: string | null, state = 'active'): Promise<string> => {
    const { data } = await ok(
      ledger.api.post('deployments', {
        tenant_id: 'acme',
        slug: `site-${(requests += 1)}`,
        display_name: 'Site',
        llm_mode,
        state,
      }),
      201,
    );
    if (starts_on !== null)
      await ok(
        ledger.api.post(`deployments/${data.id}/subscribe`, { plan_code: 'studio', addons: [], starts_on }),
        201,
      );
    return data.id;
  };
  const report = async (
    deployment_id: string,
    day: string,
    tokens: number,
    charge_cents: string,
  ): Promise<string> => {
    const gateway_request_id = `request-${(requests += 1)}`;
    const {
      data: [{ status }],
    } = await ok(
      ledger.api.post('integrations/llm-usage', {
        gateway_request_id,
        deployment_id,
        model: 'm',
        input_tokens: tokens - 1,
        output_tokens: 1,
        charge_cents,
        occurred_at: `${day}T08:00:00.000Z`,
      }),
    );
    expect(status).to.equal('recorded');
    return gateway_request_id;
  };
  const billed = async (): Promise<Json> => {
    today('2026-07-02');
    await ledger.settled();
    await rollup(ledger, { period: '2026-06' });
    const invoice = await invoiceOf(ledger, invoiceId('acme', '2026-06-01'));
    await expectExplained(ledger, invoice, invoice.history.at(-1));
    return invoice;
  };

  it('none and charges bill what the gateway charged, whatever the plan includes', async () => {
    for (const mode of ['none', 'charges']) {
      const id = await deployed(mode, '2026-06-01');
      await report(id, '2026-06-01', 500_000, '12.5');
    }
    expect(amounts(await billed())).to.deep.equal([
      ['plan_base', 5000],
      ['llm_usage', 13],
      ['plan_base', 5000],
      ['llm_usage', 13],
      ['tax', 1003],
    ]);
  });

  it('allowance bills reported and metered tokens above the plan; the charge is information', async () => {
    const id = await deployed('allowance', '2026-06-01');
    today('2026-06-20');
    await report(id, '2026-06-10', 900_000, '100.25');
    const wrong = await report(id, '2026-06-10', 9_000_000, '900');
    await ok(ledger.api.post(`integrations/llm-usage/${wrong}/void`, { reason: 'sent twice' }));
    await report(id, '2026-06-11', 150_500, '50');
    today('2026-07-02');
    await meter(ledger, 'acme', id, '2026-06-11', [{ resource_kind: 'llm_tokens', qty: '2000' }]);
    const invoice = await billed();
    expect(amounts(invoice)).to.deep.equal([
      ['plan_base', 5000],
      ['overage', 53],
      ['tax', 505],
    ]);
    expect(invoice.lines[1].meta).to.include({
      used: '1052500',
      allowance: '1000000',
      gateway_charge_cents: '150.25',
    });
    const {
      data: { lines },
    } = await ok(ledger.api.get(`invoices/${invoice.id}/explain?line=2`));
    expect(
      lines[0].usage_events.data.map(({ gateway_request_id, resource_id, qty }: Json) => [
        gateway_request_id !== null,
        resource_id !== null,
        qty,
      ]),
    ).to.deep.equal([
      [true, false, '900000'],
      [false, true, '2000'],
      [true, false, '150500'],
    ]);
  });

  it('allowance costs nothing within what is included', async () => {
    const id = await deployed('allowance', '2026-06-01');
    await report(id, '2026-06-01', 1_000_000, '5000');
    const invoice = await billed();
    expect(amounts(invoice)).to.deep.equal([
      ['plan_base', 5000],
      ['tax', 500],
    ]);
    const { data: accrual } = await ok(ledger.api.get('dashboard/accrual'));
    expect(accrual.subscriptions[0]).to.include({ llm_cents: 0 });
  });

  it("the mode at the end of the report's day counts; unsubscribed, the charge in every mode", async () => {
    const id = await deployed('charges', '2026-06-11');
    today('2026-06-15');
    await ok(ledger.api.patch(`deployments/${id}`, { llm_mode: 'allowance' }));
    await ok(ledger.api.patch(`deployments/${id}`, { display_name: 'Renamed' }));
    today('2026-06-25');
    await ok(ledger.api.patch(`deployments/${id}`, { llm_mode: 'none' }));
    const never = await deployed('allowance', null);
    today('2026-07-01');
    await report(never, '2026-06-05', 10_000_000, '1000');
    // Before the start, and on days in charges and none: charged. On the days from the 15th to the 24th:
    // tokens.
    for (const [day, cents] of [
      ['2026-06-10', '1'],
      ['2026-06-14', '10'],
      ['2026-06-15', '100000'],
      ['2026-06-24', '100000'],
      ['2026-06-25', '100'],
    ] as const)
      await report(id, day, 400_000, cents);
    const invoice = await billed();
    const of = (deployment: string) =>
      invoice.lines
        .filter(({ deployment_id }: Json) => deployment_id === deployment)
        .map((line: Json) => [line.kind, line.amount_cents]);
    // 800,000 tokens, of which a million × 20/30 are included: 133,333.33… at 1 a thousand.
    expect(of(id)).to.deep.equal([
      ['plan_base', 3333],
      ['overage', 133],
      ['llm_usage', 111],
    ]);
    expect(of(never)).to.deep.equal([['llm_usage', 1000]]);
  });
});
