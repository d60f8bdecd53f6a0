import { expect } from 'chai';
import { crossingOf } from '../../../../commands/costs/crossing.ts';
import { judgeCostAlert } from '../../../../commands/costs/judge-cost-alert.ts';
import type { CostAlertEvent } from '../../../../src/events/costs.ts';
import { given } from '../../../support/commands/command-spec.ts';

const generated_at = '2026-05-09T10:00:00.000Z';
const day = '2026-05-09';
const far = { actual_cents: 3000, expected_cents: 2000 };
/** The snapshot that is judged is the last one. */
const last = { last_generated_at: null };
const near = { actual_cents: 2100, expected_cents: 2000 };
const raised = {
  type: 'CostAlertRaised',
  data: {
    alert_id: `accrual-above-${generated_at}`,
    kind: 'accrual',
    direction: 'above',
    day,
    generated_at,
    ...far,
  },
} satisfies CostAlertEvent;

describe('judge-cost-alert', () => {
  const later = '2026-05-09T12:00:00.000Z';
  const cleared = (figures: typeof far): CostAlertEvent => ({
    type: 'CostAlertCleared',
    data: { alert_id: raised.data.alert_id, kind: 'accrual', generated_at: later, ...figures },
  });

  it('raises an alert once, and clears it', () => {
    const input = { kind: 'accrual' as const, generated_at, day, ...far };
    given(judgeCostAlert, []).when(input, last).then([raised]);
    given(judgeCostAlert, [raised])
      .when({ ...input, generated_at: later }, last)
      .then([]);
    given(judgeCostAlert, [raised])
      .when({ ...input, ...near, generated_at: later }, last)
      .then([cleared(near)]);
  });

  it('leaves a snapshot that is older than the last one that counted', () => {
    given(judgeCostAlert, [raised])
      .when({ kind: 'accrual', day, ...near, generated_at: '2026-05-09T09:00:00.000Z' }, last)
      .then([]);
  });

  it('leaves a snapshot that another process has replaced meanwhile', () => {
    const input = { kind: 'accrual' as const, generated_at, day, ...far };
    given(judgeCostAlert, []).when(input, { last_generated_at: later }).then([]);
    given(judgeCostAlert, []).when(input, { last_generated_at: generated_at }).then([raised]);
    const back = { ...input, ...near, generated_at: later };
    given(judgeCostAlert, [raised]).when(back, { last_generated_at: '2026-05-09T13:00:00.000Z' }).then([]);
  });

  it('clears an alert and raises the opposite one in one step', () => {
    const low = { actual_cents: 500, expected_cents: 2000 };
    const opposite = { ...raised.data, ...low, direction: 'below' as const, generated_at: later };
    given(judgeCostAlert, [raised])
      .when({ kind: 'accrual', day, ...low, generated_at: later }, last)
      .then([
        cleared(low),
        { type: 'CostAlertRaised', data: { ...opposite, alert_id: `accrual-below-${later}` } },
      ]);
  });

  it('raises one alert of growth a day at most', () => {
    const growth = { ...raised, data: { ...raised.data, kind: 'growth' as const } };
    const over: CostAlertEvent = {
      type: 'CostAlertCleared',
      data: { alert_id: growth.data.alert_id, kind: 'growth', generated_at: later, ...near },
    };
    const again = { kind: 'growth' as const, day, ...far, generated_at: '2026-05-09T13:00:00.000Z' };
    given(judgeCostAlert, [growth, over]).when(again, last).then([]);
  });

  it('raises no second alert with the same snapshot, whose id it would have', () => {
    const back: CostAlertEvent = {
      type: 'CostAlertCleared',
      data: { alert_id: raised.data.alert_id, kind: 'accrual', generated_at, ...near },
    };
    const input = { kind: 'accrual' as const, generated_at, day, ...far };
    given(judgeCostAlert, [raised, back]).when(input, last).then([]);
    const again = { ...raised.data, generated_at: later, alert_id: `accrual-above-${later}` };
    given(judgeCostAlert, [raised, back])
      .when({ ...input, generated_at: later }, last)
      .then([{ type: 'CostAlertRaised', data: again }]);
  });

  it('keeps one alert of growth while day after day grows too much', () => {
    const growth = { ...raised, data: { ...raised.data, kind: 'growth' as const } };
    const next = { kind: 'growth' as const, day: '2026-05-10', ...far };
    given(judgeCostAlert, [growth])
      .when({ ...next, generated_at: '2026-05-10T10:00:00.000Z' }, last)
      .then([]);
  });

  it('crosses at both limits and not below one of them', () => {
    const crossing = (kind: 'accrual' | 'growth', actual_cents: number, expected_cents: number) =>
      crossingOf(kind, { actual_cents, expected_cents });
    expect(crossing('accrual', 3000, 2500)).to.equal('above');
    expect(crossing('accrual', 2999, 2500)).to.equal(null);
    expect(crossing('accrual', 2000, 2500)).to.equal('below');
    expect(crossing('accrual', 11_999, 10_000)).to.equal(null);
    expect(crossing('accrual', 500, 0)).to.equal('above');
    expect(crossing('growth', 600, 400)).to.equal('above');
    expect(crossing('growth', 1499, 1000)).to.equal(null);
    expect(crossing('growth', 299, 100)).to.equal(null);
    expect(crossing('growth', 0, 5000)).to.equal(null);
    // After a credit the usage, the growth or the median may be below zero.
    expect(crossing('accrual', -100, 400)).to.equal('below');
    expect(crossing('growth', -5000, 100)).to.equal(null);
    expect(crossing('growth', 200, -300)).to.equal('above');
    expect(crossing('growth', 199, 0)).to.equal(null);
  });
});
