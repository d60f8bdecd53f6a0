import { expect } from 'chai';
import {
  llmChargesForPeriod,
  reportedForPeriod,
  type UsageScope,
} from '../../../projections/usage/invoicing-queries.ts';
import { unmeteredForPeriod } from '../../../projections/usage/unmetered-queries.ts';
import { commands } from '../../../src/processes/commands.ts';
import type { Observation, Unmetered } from '../../../src/events/usage.ts';
import { startTestLedger, type TestLedger } from '../../support/ledger/test-ledger.ts';

describe('reported and unmetered usage, for invoicing', () => {
  let ledger: TestLedger;
  before(async () => {
    ledger = await startTestLedger();
  });
  after(async () => {
    await ledger.close();
  });

  const report = async (
    external_id: string,
    qty: string,
    day: string,
    changes: { deployment_id?: string; tenant_id?: string; resource_kind?: string } = {},
  ) => {
    const input = {
      source: 's',
      external_id,
      deployment_id: 'a',
      tenant_id: 'acme',
      resource_kind: 'bandwidth_gb',
      qty,
      day,
      ...changes,
    };
    await ledger.ledger.execute(commands.recordReportedUsage, input, ledger.meta());
    return ledger.eventCount();
  };
  const takeBack = async (external_id: string) => {
    await ledger.ledger.execute(
      commands.voidReportedUsage,
      { source: 's', external_id, reason: 'r' },
      ledger.meta(),
    );
    return ledger.eventCount();
  };
  const sums = async (scope: UsageScope) => {
    const rows = await ledger.ledger.readLatest((db) => reportedForPeriod(db, scope));
    return rows.map(({ deployment_id, resource_kind, qty }) => [deployment_id, resource_kind, qty]);
  };

  it('sums reported usage, without what was taken back by the position', async () => {
    await report('1', '0.1', '2026-01-01');
    const two = await report('2', '0.2', '2026-01-01');
    await report('3', '7', '2026-01-31', { resource_kind: 'cdn_gb' });
    await report('4', '9', '2026-02-01');
    const all = await report('5', '5', '2026-01-31', { deployment_id: 'b', tenant_id: 'other' });
    const back = await takeBack('2');
    const rest = [
      ['a', 'cdn_gb', '7'],
      ['b', 'bandwidth_gb', '5'],
    ];
    expect(await sums({ period: '2026-01-17', atPosition: two - 1 })).to.deep.equal([
      ['a', 'bandwidth_gb', '0.1'],
    ]);
    expect(await sums({ period: '2026-01-01', atPosition: two })).to.deep.equal([
      ['a', 'bandwidth_gb', '0.3'],
    ]);
    expect(await sums({ period: '2026-01-01', atPosition: back - 1 })).to.deep.equal([
      ['a', 'bandwidth_gb', '0.3'],
      ...rest,
    ]);
    expect(await sums({ period: '2026-01-01', atPosition: back })).to.deep.equal([
      ['a', 'bandwidth_gb', '0.1'],
      ...rest,
    ]);
    expect(await sums({ period: '2026-01-01' })).to.deep.equal([['a', 'bandwidth_gb', '0.1'], ...rest]);
    expect(await sums({ period: '2026-01-01', tenantId: 'other', atPosition: all })).to.deep.equal(
      rest.slice(1),
    );
  });

  it('sums charges without those that were taken back by the position', async () => {
    const charge = (gateway_request_id: string, charge_cents: string) =>
      ledger.ledger.execute(
        commands.recordLlmUsage,
        {
          gateway_request_id,
          deployment_id: 'c',
          tenant_id: 'acme',
          model: 'm',
          input_tokens: 1,
          output_tokens: 1,
          charge_cents,
          occurred_at: '2025-12-05T00:00:00.000Z',
        },
        ledger.meta(),
      );
    await charge('g-1', '2');
    await charge('g-2', '3');
    const before = await ledger.eventCount();
    await ledger.ledger.execute(
      commands.voidLlmUsage,
      { gateway_request_id: 'g-1', reason: 'r' },
      ledger.meta(),
    );
    const sum = async (scope: Partial<UsageScope>) =>
      (
        await ledger.ledger.readLatest((db) => llmChargesForPeriod(db, { period: '2025-12-01', ...scope }))
      ).map(({ charge_cents, requests }) => [charge_cents, requests]);
    expect(await sum({ atPosition: before })).to.deep.equal([['5', 2]]);
    expect(await sum({ atPosition: before + 1 })).to.deep.equal([['3', 1]]);
    expect(await sum({})).to.deep.equal([['3', 1]]);
    await ledger.ledger.execute(
      commands.voidLlmUsage,
      { gateway_request_id: 'g-2', reason: 'r' },
      ledger.meta(),
    );
    expect(await sum({})).to.deep.equal([]);
  });

  it('counts the days of a resource without records in the sets that count', async () => {
    const bucket: Unmetered = { resource_id: 'x', resource_kind: 'spaces_gb_month', reason: 'unknown-size' };
    const sized: Observation = {
      resource_id: 'x',
      resource_kind: 'spaces_gb_month',
      granularity: 'day',
      hour: null,
      qty: '1',
    };
    const meter = async (
      deployment_id: string,
      day: string,
      observations: Observation[],
      unmetered: Unmetered[],
      tenant_id = 'acme',
    ) => {
      await ledger.ledger.execute(
        commands.meterDeploymentDay,
        { deployment_id, tenant_id, day, observations, unmetered },
        ledger.meta(),
      );
      return ledger.eventCount();
    };
    await meter('a', '2026-03-01', [], [bucket]);
    await meter('a', '2026-03-31', [], [bucket, { ...bucket, resource_id: 'y' }]);
    await meter('b', '2026-03-31', [], [bucket], 'other');
    const first = await meter('a', '2026-04-01', [], [bucket]);
    const corrected = await meter('a', '2026-03-31', [sized], []);
    const list = async (scope: Partial<UsageScope>) =>
      (
        await ledger.ledger.readLatest((db) => unmeteredForPeriod(db, { period: '2026-03-01', ...scope }))
      ).map(({ deployment_id, resource_id, resource_kind, days: count, reason }) => [
        deployment_id,
        resource_id,
        resource_kind,
        count,
        reason,
      ]);
    const row = (deployment: string, resource: string, count: number) => [
      deployment,
      resource,
      'spaces_gb_month',
      count,
      'unknown-size',
    ];
    expect(await list({ atPosition: first })).to.deep.equal([
      row('a', 'x', 2),
      row('a', 'y', 1),
      row('b', 'x', 1),
    ]);
    expect(await list({ atPosition: corrected })).to.deep.equal([row('a', 'x', 1), row('b', 'x', 1)]);
    expect(await list({ tenantId: 'acme' })).to.deep.equal([row('a', 'x', 1)]);
  });
});
