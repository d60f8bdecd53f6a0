import { expect } from 'chai';
import {
  llmUsage,
  meteredDays,
  configuredMetering,
  usageReports,
  unmeteredResources,
  usageDays,
  usageMonths,
  usageRecords,
  usageSets,
} from '../../../projections/usage/tables.ts';
import { usage } from '../../../projections/usage/usage.ts';
import type { LedgerEvent } from '../../../src/events/index.ts';
import type { Observation } from '../../../src/events/usage.ts';
import { projectTwice } from '../../support/projections/projection-spec.ts';

const record = (resource_id: string, hour: number | null = null): Observation => ({
  resource_id,
  resource_kind: 'droplet_hours',
  granularity: hour === null ? 'day' : 'hour',
  hour,
  qty: '1',
});
const part = (
  set_no: number,
  [number, parts]: [number, number],
  observations: Observation[],
): LedgerEvent => ({
  type: 'UsageMetered',
  data: {
    deployment_id: 'd',
    tenant_id: 't',
    day: '2026-04-01',
    set_no,
    set_hash: 'h',
    part: number,
    parts,
    observations,
  },
});

describe('the usage read model', () => {
  it('counts a set once its last part has arrived', () => {
    const rows = projectTwice(usage, [part(1, [1, 2], [record('a')])]);
    expect(rows(usageRecords)).to.have.length(1);
    expect([rows(usageDays), rows(usageSets)]).to.deep.equal([[], []]);
    const whole = projectTwice(usage, [
      part(1, [1, 2], [record('a')]),
      part(1, [2, 2], [record('b', 0), record('b', 23)]),
    ]);
    expect(whole(usageRecords).map((row) => [row['resource_id'], row['hour']])).to.deep.equal([
      ['a', -1],
      ['b', 0],
      ['b', 23],
    ]);
    expect(whole(usageDays)).to.deep.equal([
      {
        deployment_id: 'd',
        day: '2026-04-01',
        tenant_id: 't',
        set_no: 1,
        position: 2,
        recorded_at: '2026-05-01T00:00:00.000Z',
      },
    ]);
  });

  it('counts the highest complete set, and keeps the earlier ones with their positions', () => {
    const rows = projectTwice(usage, [
      part(1, [1, 1], [record('a')]),
      part(2, [1, 2], [record('a')]),
      part(3, [1, 1], []),
    ]);
    expect(rows(usageDays).map((row) => [row['set_no'], row['position']])).to.deep.equal([[3, 3]]);
    expect(rows(usageSets).map((row) => [row['set_no'], row['position']])).to.deep.equal([
      [1, 1],
      [3, 3],
    ]);
    expect(rows(usageRecords).map((row) => row['set_no'])).to.deep.equal([1, 2]);
  });

  it('keeps the latest event on days and configuration, and each charge under its UTC day', () => {
    const rows = projectTwice(usage, [
      { type: 'DayMetered', data: { day: '2026-04-01', deployments: 1, records: 1 } },
      { type: 'DayMetered', data: { day: '2026-04-01', deployments: 2, records: 4 } },
      {
        type: 'MeteringConfigured',
        data: { resource_kind: 'dns_zones', granularity: 'hour', retention_days: 3 },
      },
      {
        type: 'MeteringConfigured',
        data: { resource_kind: 'dns_zones', granularity: 'day', retention_days: null },
      },
      {
        type: 'LlmUsageRecorded',
        data: {
          gateway_request_id: 'g',
          deployment_id: 'd',
          tenant_id: 't',
          model: 'm',
          input_tokens: 1,
          output_tokens: 2,
          charge_cents: '0.5',
          occurred_at: '2026-04-30T23:59:59.999Z',
        },
      },
    ]);
    expect(rows(meteredDays)).to.deep.equal([
      { day: '2026-04-01', deployments: 2, records: 4, recorded_at: '2026-05-01T00:00:00.000Z' },
    ]);
    expect(rows(configuredMetering)).to.deep.equal([
      { resource_kind: 'dns_zones', granularity: 'day', retention_days: null },
    ]);
    expect(rows(llmUsage).map((row) => [row['day'], row['charge_cents'], row['position']])).to.deep.equal([
      ['2026-04-30', '0.5', 5],
    ]);
  });

  it('keeps the unmetered resources of a set with the set', () => {
    const left = (resource_id: string) => ({
      resource_id,
      resource_kind: 'spaces_gb_month',
      reason: 'unknown-size' as const,
    });
    const [one, two] = [part(1, [1, 1], [record('a')]), part(2, [1, 1], [])];
    const rows = projectTwice(usage, [
      {
        type: 'UsageMetered',
        data: { ...(one.data as object), unmetered: [left('x'), left('y')] },
      } as LedgerEvent,
      { type: 'UsageMetered', data: { ...(two.data as object), unmetered: [left('x')] } } as LedgerEvent,
    ]);
    expect(rows(unmeteredResources)).to.deep.equal(
      [
        [1, 'x'],
        [1, 'y'],
        [2, 'x'],
      ].map(([set_no, id]) => ({ deployment_id: 'd', day: '2026-04-01', set_no, ...left(String(id)) })),
    );
    expect(rows(usageDays).map((row) => row['set_no'])).to.deep.equal([2]);
  });

  it('knows the last fact of each tenant and month, when a metered set is complete', () => {
    const month = (tenant_id: string, period: string, last_position: number) => ({
      tenant_id,
      period,
      last_position,
    });
    const charge = (tenant_id: string, day: string): LedgerEvent => ({
      type: 'LlmUsageRecorded',
      data: {
        gateway_request_id: `${tenant_id} ${day}`,
        deployment_id: 'd',
        tenant_id,
        model: 'm',
        input_tokens: 1,
        output_tokens: 2,
        charge_cents: '1',
        occurred_at: `${day}T23:59:59.999Z`,
      },
    });
    const metered = (part: number): LedgerEvent => ({
      type: 'UsageMetered',
      data: {
        deployment_id: 'd',
        tenant_id: 't',
        day: '2026-03-31',
        set_no: 1,
        set_hash: 'h',
        part,
        parts: 2,
        observations: [],
      },
    });
    const events = [
      charge('t', '2026-04-30'),
      charge('u', '2026-04-01'),
      metered(1),
      charge('t', '2026-04-02'),
    ];
    expect(projectTwice(usage, events)(usageMonths)).to.have.deep.members([
      month('t', '2026-04-01', 4),
      month('u', '2026-04-01', 2),
    ]);
    expect(projectTwice(usage, [...events, metered(2)])(usageMonths)).to.deep.include(
      month('t', '2026-03-01', 5),
    );
  });

  it('marks a report that was taken back with the event that did it', () => {
    const llm = { gateway_request_id: 'g', deployment_id: 'd', tenant_id: 't' };
    const named = { source: 's', external_id: 'e', deployment_id: 'd', tenant_id: 't' };
    const reports: LedgerEvent[] = [
      {
        type: 'LlmUsageRecorded',
        data: {
          ...llm,
          model: 'm',
          input_tokens: 1,
          output_tokens: 2,
          charge_cents: '0.5',
          occurred_at: '2026-04-30T00:00:00.000Z',
        },
      },
      {
        type: 'UsageReported',
        data: { ...named, resource_kind: 'bandwidth_gb', qty: '2', day: '2026-04-30' },
      },
    ];
    const voiding = (rows: ReturnType<typeof projectTwice>) =>
      [llmUsage, usageReports].map((table) => {
        const [row] = rows(table);
        return [row?.['position'], row?.['voided_position'], row?.['voided_at'], row?.['void_reason']];
      });
    expect(voiding(projectTwice(usage, reports))).to.deep.equal([
      [1, null, null, null],
      [2, null, null, null],
    ]);
    const taken = projectTwice(usage, [
      ...reports,
      { type: 'LlmUsageVoided', data: { ...llm, day: '2026-04-30', reason: 'unit' } },
      { type: 'ReportedUsageVoided', data: { ...named, day: '2026-04-30', reason: 'twice' } },
    ]);
    const at = '2026-05-01T00:00:00.000Z';
    expect(voiding(taken)).to.deep.equal([
      [1, 3, at, 'unit'],
      [2, 4, at, 'twice'],
    ]);
    expect(taken(usageMonths)).to.deep.equal([{ tenant_id: 't', period: '2026-04-01', last_position: 4 }]);
    expect(
      taken(usageReports).map(({ source, external_id, qty, day }) => [source, external_id, qty, day]),
    ).to.deep.equal([['s', 'e', '2', '2026-04-30']]);
  });
});
