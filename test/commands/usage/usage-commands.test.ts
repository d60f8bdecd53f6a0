import { expect } from 'chai';
import { configureMetering } from '../../../commands/usage/configure-metering.ts';
import { recordDayMetered } from '../../../commands/usage/record-day-metered.ts';
import { recordLlmUsage } from '../../../commands/usage/record-llm-usage.ts';
import { recordReportedUsage } from '../../../commands/usage/record-reported-usage.ts';
import { voidLlmUsage } from '../../../commands/usage/void-llm-usage.ts';
import { voidReportedUsage } from '../../../commands/usage/void-reported-usage.ts';
import type {
  LlmEvent,
  MeteringConfigEvent,
  MeteringDayEvent,
  ReportedUsageEvent,
} from '../../../src/events/usage.ts';
import { meteredBillingKinds } from '../../../src/pricing/metering.ts';
import { execution, given } from '../../support/commands/command-spec.ts';

describe('recording that a day is metered', () => {
  const counts = { day: '2026-04-30', deployments: 2, records: 9 };
  const metered = (data = counts): MeteringDayEvent => ({ type: 'DayMetered', data });

  it('records the first run, and later ones whose counts differ', () => {
    given(recordDayMetered).when(counts, undefined).then([metered()]);
    given(recordDayMetered)
      .when({ ...counts, deployments: 0, records: 0 }, undefined)
      .then([metered({ ...counts, deployments: 0, records: 0 })]);
    given(recordDayMetered, [metered()]).when(counts, undefined).then([]);
    given(recordDayMetered, [metered()])
      .when({ ...counts, records: 8 }, undefined)
      .then([metered({ ...counts, records: 8 })]);
    given(recordDayMetered, [metered()])
      .when({ ...counts, deployments: 1 }, undefined)
      .then([metered({ ...counts, deployments: 1 })]);
  });

  it('refuses a day that has not ended', () => {
    given(recordDayMetered)
      .when(counts, undefined, execution({ now: '2026-04-30T23:59:59.999Z' }))
      .refused('day-not-ended');
  });
});

describe('configuring metering', () => {
  const configured = (granularity: 'day' | 'hour', retention_days: number | null): MeteringConfigEvent => ({
    type: 'MeteringConfigured',
    data: { resource_kind: 'dns_zones', granularity, retention_days },
  });

  it('changes what is named and keeps the rest', () => {
    given(configureMetering)
      .when({ resource_kind: 'dns_zones', granularity: 'hour' }, undefined)
      .then([configured('hour', null)]);
    given(configureMetering, [configured('hour', 30)])
      .when({ resource_kind: 'dns_zones', granularity: 'day' }, undefined)
      .then([configured('day', 30)]);
    given(configureMetering, [configured('hour', 30)])
      .when({ resource_kind: 'dns_zones', retention_days: null }, undefined)
      .then([configured('hour', null)]);
  });

  it('adds nothing for what is so already, the default included', () => {
    given(configureMetering)
      .when({ resource_kind: 'dns_zones', granularity: 'day', retention_days: null }, undefined)
      .then([]);
    given(configureMetering, [configured('hour', 30)])
      .when({ resource_kind: 'dns_zones' }, undefined)
      .then([]);
  });

  it('refuses a kind that is not metered', () => {
    given(configureMetering)
      .when({ resource_kind: 'llm_tokens', granularity: 'hour' }, undefined)
      .refused('not-found');
  });
});

describe('recording LLM usage', () => {
  const report = {
    gateway_request_id: 'g',
    deployment_id: 'd',
    tenant_id: 't',
    model: 'm',
    input_tokens: 5,
    output_tokens: 7,
    charge_cents: '0.125',
    occurred_at: '2026-04-01T00:00:00.000Z',
  };
  const recorded: LlmEvent = { type: 'LlmUsageRecorded', data: report };

  it('records the exact charge in its canonical form', () => {
    expect(
      given(recordLlmUsage)
        .when({ ...report, charge_cents: '00.1250' }, undefined)
        .then([recorded]),
    ).to.deep.equal({ same: true, voided: false });
  });

  it('tells an equal report from another under the same id', () => {
    expect(given(recordLlmUsage, [recorded]).when(report, undefined).then([])).to.deep.equal({
      same: true,
      voided: false,
    });
    for (const change of [
      { charge_cents: '0.1250000001' },
      { deployment_id: 'e' },
      { model: 'n' },
      { input_tokens: 6 },
      { output_tokens: 6 },
      { occurred_at: '2026-04-01T00:00:00.001Z' },
    ]) {
      expect(
        given(recordLlmUsage, [recorded])
          .when({ ...report, ...change }, undefined)
          .then([]),
        JSON.stringify(change),
      ).to.deep.equal({ same: false, voided: false });
    }
  });

  it('bounds what is new, and nothing that is known', () => {
    const at = execution({
      now: '2026-04-01T12:00:00.000Z',
      reportLimits: { maxAgeDays: 10, maxChargeCents: '100' },
    });
    const dated = (occurred_at: string) =>
      given(recordLlmUsage).when({ ...report, occurred_at }, undefined, at);
    dated('2026-04-01T12:05:00.001Z').refused('in-the-future');
    dated('2026-03-22T11:59:59.999Z').refused('too-old');
    for (const bound of ['2026-04-01T12:05:00.000Z', '2026-03-22T12:00:00.000Z'])
      expect(dated(bound).decision).to.have.length(1);
    given(recordLlmUsage)
      .when({ ...report, charge_cents: '100.000000000001' }, undefined, at)
      .refused('charge-too-large');
    expect(
      given(recordLlmUsage).when({ ...report, charge_cents: '100.0' }, undefined, at).decision,
    ).to.have.length(1);
    const later = execution({ now: '2030-01-01T00:00:00.000Z' });
    expect(given(recordLlmUsage, [recorded]).when(report, undefined, later).then([])).to.deep.equal({
      same: true,
      voided: false,
    });
  });

  describe('and taking it back', () => {
    const voided: LlmEvent = {
      type: 'LlmUsageVoided',
      data: {
        gateway_request_id: 'g',
        deployment_id: 'd',
        tenant_id: 't',
        day: '2026-04-01',
        reason: 'wrong unit',
      },
    };

    it('adds one event, once', () => {
      const result = given(voidLlmUsage, [recorded])
        .when({ gateway_request_id: 'g', reason: 'wrong unit' }, undefined)
        .then([voided]);
      expect(result).to.deep.equal({ report, void_reason: 'wrong unit' });
      const again = given(voidLlmUsage, [recorded, voided])
        .when({ gateway_request_id: 'g', reason: 'another' }, undefined)
        .then([]);
      expect(again?.void_reason).to.equal('wrong unit');
    });

    it('leaves the id used', () => {
      expect(given(recordLlmUsage, [recorded, voided]).when(report, undefined).then([])).to.deep.equal({
        same: true,
        voided: true,
      });
      expect(
        given(recordLlmUsage, [recorded, voided])
          .when({ ...report, charge_cents: '1' }, undefined)
          .then([]),
      ).to.deep.equal({ same: false, voided: true });
    });

    it('refuses an id that is not known', () => {
      given(voidLlmUsage).when({ gateway_request_id: 'g', reason: 'r' }, undefined).refused('not-found');
    });
  });
});

describe('recording reported usage', () => {
  const report = {
    source: 'cdn',
    external_id: 'e',
    deployment_id: 'd',
    tenant_id: 't',
    resource_kind: 'bandwidth_gb',
    qty: '1.5',
    day: '2026-04-01',
  };
  const recorded: ReportedUsageEvent = { type: 'UsageReported', data: report };
  const voided: ReportedUsageEvent = {
    type: 'ReportedUsageVoided',
    data: {
      source: 'cdn',
      external_id: 'e',
      deployment_id: 'd',
      tenant_id: 't',
      day: '2026-04-01',
      reason: 'twice',
    },
  };

  it('records the exact quantity in its canonical form', () => {
    expect(
      given(recordReportedUsage)
        .when({ ...report, qty: '01.50' }, undefined)
        .then([recorded]),
    ).to.deep.equal({ same: true, voided: false });
  });

  it('tells an equal report from another under the same id', () => {
    expect(
      given(recordReportedUsage, [recorded])
        .when({ ...report, qty: '1.500' }, undefined)
        .then([]),
    ).to.deep.equal({ same: true, voided: false });
    for (const change of [
      { qty: '1.500000000001' },
      { deployment_id: 'x' },
      { resource_kind: 'cdn_gb' },
      { day: '2026-04-02' },
    ]) {
      expect(
        given(recordReportedUsage, [recorded])
          .when({ ...report, ...change }, undefined)
          .then([]),
        JSON.stringify(change),
      ).to.deep.equal({ same: false, voided: false });
    }
  });

  it('takes it back by one event, once, and leaves the id used', () => {
    const named = { source: 'cdn', external_id: 'e' };
    expect(
      given(voidReportedUsage, [recorded])
        .when({ ...named, reason: 'twice' }, undefined)
        .then([voided]),
    ).to.deep.equal({ report, void_reason: 'twice' });
    expect(
      given(voidReportedUsage, [recorded, voided])
        .when({ ...named, reason: 'again' }, undefined)
        .then([])?.void_reason,
    ).to.equal('twice');
    expect(given(recordReportedUsage, [recorded, voided]).when(report, undefined).then([])).to.deep.equal({
      same: true,
      voided: true,
    });
    given(voidReportedUsage)
      .when({ ...named, reason: 'r' }, undefined)
      .refused('not-found');
  });

  it('bounds the day of what is new, and refuses what the sweep meters', () => {
    const at = execution({
      now: '2026-04-11T23:54:59.999Z',
      reportLimits: { maxAgeDays: 10, maxChargeCents: '1' },
    });
    const on = (day: string, now = at) => given(recordReportedUsage).when({ ...report, day }, undefined, now);
    on('2026-04-12').refused('in-the-future');
    on('2026-03-31').refused('too-old');
    for (const day of ['2026-04-11', '2026-04-01']) expect(on(day).decision).to.have.length(1);
    expect(on('2026-04-12', execution({ now: '2026-04-11T23:55:00.000Z' })).decision).to.have.length(1);
    for (const resource_kind of meteredBillingKinds()) {
      given(recordReportedUsage)
        .when({ ...report, resource_kind }, undefined)
        .refused('metered-kind');
    }
  });

  it('keeps reports of two sources apart', () => {
    const streams = [
      ['a', 'bc'],
      ['ab', 'c'],
      ['a"', 'bc'],
    ].map(([source = '', external_id = '']) =>
      recordReportedUsage.stream({ ...report, source, external_id }),
    );
    expect(new Set(streams)).to.have.length(3);
  });
});
