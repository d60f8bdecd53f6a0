import { expect } from 'chai';
import fc from 'fast-check';
import { llmChargesForPeriod, usageForPeriod } from '../../../projections/usage/invoicing-queries.ts';
import { lateFacts } from '../../../projections/invoicing/late-fact-queries.ts';
import { commands } from '../../../src/processes/commands.ts';
import type { Observation } from '../../../src/events/usage.ts';
import { daysFrom } from '../../../src/pricing/calendar.ts';
import { sumDecimals } from '../../../src/pricing/money.ts';
import { startTestLedger, type TestLedger } from '../../support/ledger/test-ledger.ts';

const record = (
  resource_id: string,
  qty: string,
  resource_kind = 'droplet_hours',
  hour: number | null = null,
): Observation => ({ resource_id, resource_kind, granularity: hour === null ? 'day' : 'hour', hour, qty });

describe('usage for invoicing', () => {
  let ledger: TestLedger;
  before(async () => {
    ledger = await startTestLedger();
  });
  after(async () => {
    await ledger.close();
  });

  const meter = async (
    deployment_id: string,
    day: string,
    observations: Observation[],
    tenant_id = 'acme',
  ) => {
    await ledger.ledger.execute(
      commands.meterDeploymentDay,
      { deployment_id, tenant_id, day, observations },
      ledger.meta(),
    );
    return ledger.eventCount();
  };
  const charge = async (
    gateway_request_id: string,
    deployment_id: string,
    charge_cents: string,
    occurred_at: string,
    tenant_id = 'acme',
  ) => {
    const report = {
      gateway_request_id,
      deployment_id,
      tenant_id,
      model: 'm',
      input_tokens: 1,
      output_tokens: 1,
      charge_cents,
      occurred_at,
    };
    await ledger.ledger.execute(commands.recordLlmUsage, report, ledger.meta());
    return ledger.eventCount();
  };
  const sums = async (options: Parameters<typeof usageForPeriod>[1]) =>
    (await ledger.ledger.readLatest((db) => usageForPeriod(db, options))).map(
      ({ deployment_id, resource_kind, qty }) => [deployment_id, resource_kind, qty],
    );

  it('sums the sets that counted at a position, and those that count now', async () => {
    const first = await meter('a', '2026-01-31', [
      record('x', '24'),
      record('y', '0.000000000001', 'dns_zones'),
    ]);
    const second = await meter('b', '2026-01-01', [record('z', '24')], 'other');
    const corrected = await meter('a', '2026-01-31', [
      record('x', '1', 'droplet_hours', 0),
      record('x', '1', 'droplet_hours', 1),
    ]);
    const cleared = await meter('a', '2026-01-31', []);
    await meter('a', '2026-02-01', [record('x', '24')]);
    const now = [['b', 'droplet_hours', '24']];
    expect(await sums({ period: '2026-01-01', atPosition: first - 1 })).to.deep.equal([]);
    expect(await sums({ period: '2026-01-01', atPosition: second })).to.deep.equal([
      ['a', 'dns_zones', '0.000000000001'],
      ['a', 'droplet_hours', '24'],
      ...now,
    ]);
    expect(await sums({ period: '2026-01-01', atPosition: corrected })).to.deep.equal([
      ['a', 'droplet_hours', '2'],
      ...now,
    ]);
    expect(await sums({ period: '2026-01-01', atPosition: cleared })).to.deep.equal(now);
    expect(await sums({ period: '2026-01-17' })).to.deep.equal(now);
    expect(await sums({ period: '2026-01-01', atPosition: second, tenantId: 'other' })).to.deep.equal(now);
    expect(await sums({ period: '2026-01-01', tenantId: 'acme' })).to.deep.equal([]);
  });

  it('sums charges exactly, by the day they occurred on', async () => {
    const first = await charge('g-1', 'c', '0.1', '2025-12-31T23:59:59.999Z');
    await charge('g-2', 'c', '0.2', '2025-12-01T00:00:00.000Z');
    await charge('g-3', 'c', '0.000000000001', '2025-12-05T00:00:00.000Z');
    await charge('g-4', 'c', '9', '2026-01-01T00:00:00.000Z');
    await charge('g-5', 'd', '7', '2025-12-05T00:00:00.000Z', 'other');
    const charges = (options: Parameters<typeof llmChargesForPeriod>[1]) =>
      ledger.ledger.readLatest((db) => llmChargesForPeriod(db, options));
    const c = {
      deployment_id: 'c',
      tenant_id: 'acme',
      charge_cents: '0.300000000001',
      tokens: '6',
      requests: 3,
      from: null,
      to: null,
    };
    const d = {
      deployment_id: 'd',
      tenant_id: 'other',
      charge_cents: '7',
      tokens: '2',
      requests: 1,
      from: null,
      to: null,
    };
    expect(await charges({ period: '2025-12-01' })).to.deep.equal([c, d]);
    expect(await charges({ period: '2025-12-01', tenantId: 'other' })).to.deep.equal([d]);
    expect(await charges({ period: '2025-12-01', atPosition: first })).to.deep.equal([
      { ...c, charge_cents: '0.1', tokens: '2', requests: 1 },
    ]);
  });

  it('lists what was recorded after a position, in its order', async () => {
    const invoiced = await meter('e', '2025-11-01', [record('x', '24')]);
    const usage = await meter('e', '2025-11-01', [
      record('x', '24'),
      record('y', '24'),
      record('z', '0.50', 'dns_zones'),
    ]);
    const llm = await charge('g-late', 'e', '1.50', '2025-11-30T10:00:00.000Z');
    const cleared = await meter('e', '2025-11-01', []);
    await meter('e', '2025-12-01', [record('x', '24')]);
    await charge('g-foreign', 'f', '1', '2025-11-30T10:00:00.000Z', 'other');
    const late = await ledger.ledger.readLatest((db) =>
      lateFacts(db, {
        invoice_id: 'november',
        tenant_id: 'acme',
        period_start: '2025-11-01',
        reviewed_position: invoiced,
        lines_hash: 'none',
        unpriced: [],
        tax_name: 'GST',
        tax_rate: '0.10',
      }),
    );
    const recorded_at = ledger.clock.now();
    expect(late).to.deep.equal([
      {
        kind: 'usage',
        deployment_id: 'e',
        day: '2025-11-01',
        recorded_at,
        position: usage,
        detail: { set_no: 2, usage: { dns_zones: '0.5', droplet_hours: '48' } },
      },
      {
        kind: 'llm_usage',
        deployment_id: 'e',
        day: '2025-11-30',
        recorded_at,
        position: llm,
        detail: { gateway_request_id: 'g-late', charge_cents: '1.5' },
      },
      {
        kind: 'usage',
        deployment_id: 'e',
        day: '2025-11-01',
        recorded_at,
        position: cleared,
        detail: { set_no: 3, usage: {} },
      },
    ]);
  });

  it("whatever is corrected, a month is the sum of each day's last set, at every position", async () => {
    const quantity = fc
      .tuple(fc.integer({ min: 0, max: 99 }), fc.integer({ min: 0, max: 999_999_999_999 }))
      .map(([whole, fraction]) => `${whole}.${String(fraction).padStart(12, '0')}`);
    const observations = fc.uniqueArray(
      fc.tuple(
        fc.constantFrom('x', 'y', 'z'),
        fc.constantFrom('droplet_hours', 'dns_zones'),
        fc.constantFrom(null, 0, 23),
      ),
      { maxLength: 6, selector: (key) => key.join() },
    );
    const correction = fc.record({
      deployment: fc.constantFrom('p', 'q'),
      day: fc.constantFrom(...daysFrom('2025-10-30', '2025-11-02')),
      keys: observations,
      qty: quantity,
    });
    let run = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(correction, { minLength: 1, maxLength: 12 }), async (corrections) => {
        const prefix = `run-${++run}`;
        const last = new Map<string, Observation[]>();
        const expected: [number, string][] = [];
        for (const { deployment, day, keys, qty } of corrections) {
          const set = keys.map(([resource, kind, hour]) => record(resource, qty, kind, hour));
          last.set(`${deployment} ${day}`, set);
          const position = await meter(`${prefix}-${deployment}`, day, set, prefix);
          const inMonth = [...last].filter(([key]) => key.includes(' 2025-10')).flatMap(([, held]) => held);
          expected.push([position, sumDecimals(inMonth.map((one) => one.qty))]);
        }
        const total = async (options: object) =>
          sumDecimals(
            (
              await ledger.ledger.readLatest((db) =>
                usageForPeriod(db, { period: '2025-10-01', tenantId: prefix, ...options }),
              )
            ).map(({ qty }) => qty),
          );
        for (const [position, sum] of expected) expect(await total({ atPosition: position })).to.equal(sum);
        expect(await total({})).to.equal(expected.at(-1)?.[1]);
      }),
      { numRuns: 15 },
    );
  });
});
