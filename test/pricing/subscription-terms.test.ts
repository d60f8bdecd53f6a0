import { expect } from 'chai';
import fc from 'fast-check';
import { daysFrom, lastDay } from '../../src/pricing/calendar.ts';
import { segmentsInPeriod } from '../../src/pricing/segments.ts';
import { termsOnDay } from '../support/pricing/terms-on-day.ts';
import type { SubscriptionFact } from '../../src/pricing/subscription-terms.ts';
import { history, journal, started, state } from '../support/pricing/history.ts';
import { pro, starter, storage50, studio, tokens1m } from '../support/pricing/sample-terms.ts';

const may = '2026-05-01';

/** Plan codes of the days of May, runs shortened to `code first–last`. */
function runs(facts: SubscriptionFact[]): string[] {
  return segmentsInPeriod(facts, may).map(
    ({ from, to, terms }) => `${terms.plan.plan_code} ${from.slice(8)}-${to.slice(8)}`,
  );
}

describe('terms in force', () => {
  it('agree between single days and segments, for any history', () => {
    fc.assert(
      fc.property(
        history,
        fc.constantFrom('2026-03-01', '2026-04-01', may, '2026-06-01'),
        (facts, period) => {
          const segments = segmentsInPeriod(facts, period);
          for (const day of daysFrom(period, lastDay(period))) {
            const covering = segments.filter(({ from, to }) => from <= day && day <= to);
            expect(covering.length).to.be.at.most(1);
            expect(covering[0]?.terms ?? null).to.deep.equal(termsOnDay(facts, day));
          }
          for (const { from, to, days } of segments) expect(daysFrom(from, to)).to.have.length(days);
          expect(segments.map(({ from }) => from)).to.deep.equal(segments.map(({ from }) => from).sort());
        },
      ),
      { numRuns: 300 },
    );
  });

  it('do not depend on the order of the facts', () => {
    fc.assert(
      fc.property(history, (facts) => {
        expect(segmentsInPeriod([...facts].reverse(), may)).to.deep.equal(segmentsInPeriod(facts, may));
      }),
    );
  });

  it('change from the day of the change on, that day included', () => {
    const changed = journal(started('2026-04-10', studio), {
      type: 'plan_changed',
      day: '2026-05-11',
      plan: pro,
    });
    expect(runs(changed)).to.deep.equal(['studio 01-10', 'pro 11-31']);
    const cancelled = journal(started('2026-05-10', studio), { type: 'cancelled', day: '2026-05-20' });
    expect(runs(cancelled)).to.deep.equal(['studio 10-19']);
  });

  it('follow the last of two changes on one day', () => {
    const facts = journal(
      started(may, studio),
      { type: 'plan_changed', day: '2026-05-11', plan: starter },
      { type: 'plan_changed', day: '2026-05-11', plan: pro },
    );
    expect(runs(facts).at(-1)).to.equal('pro 11-31');
  });

  it('leave out pauses, and a pause and resume on one day change nothing', () => {
    const paused = journal(
      started(may, studio),
      { type: 'paused', day: '2026-05-10' },
      { type: 'resumed', day: '2026-05-15' },
    );
    expect(runs(paused)).to.deep.equal(['studio 01-09', 'studio 15-31']);
    const sameDay = journal(
      started(may, studio),
      { type: 'paused', day: '2026-05-10' },
      { type: 'resumed', day: '2026-05-10' },
    );
    expect(termsOnDay(sameDay, '2026-05-10')?.plan.plan_code).to.equal('studio');
  });

  it('do not bill a trial, and do bill past_due and suspended', () => {
    const facts = journal(
      state('2026-05-01', 'trial'),
      started('2026-05-01', studio),
      state('2026-05-08', 'active'),
      state('2026-05-20', 'past_due'),
      state('2026-05-25', 'suspended'),
    );
    expect(termsOnDay(facts, '2026-05-07')).to.equal(null);
    expect(termsOnDay(facts, '2026-05-08')?.plan.plan_code).to.equal('studio');
    expect(termsOnDay(facts, '2026-05-31')?.plan.plan_code).to.equal('studio');
  });

  it('stay cancelled after later facts', () => {
    const facts = journal(
      started(may, studio),
      { type: 'cancelled', day: '2026-05-10' },
      { type: 'resumed', day: '2026-05-12' },
    );
    expect(runs(facts)).to.deep.equal(['studio 01-09']);
  });

  it('keep a resubscription apart from the subscription before it', () => {
    const facts = journal(
      started('2026-05-01', studio, storage50),
      { type: 'cancelled', day: '2026-05-10' },
      started('2026-05-20', starter),
    );
    expect(runs(facts)).to.deep.equal(['studio 01-09', 'starter 20-31']);
    expect(termsOnDay(facts, '2026-05-25')).to.deep.include({ subscription: 1, addons: [] });
  });

  it('end with the deployment, yet let a subscription that starts after its cancellation be billed', () => {
    const again = journal(
      started('2026-05-01', studio),
      { type: 'cancelled', day: '2026-05-10' },
      state('2026-05-10', 'cancelled'),
      started('2026-05-10', starter),
    );
    expect(runs(again)).to.deep.equal(['studio 01-09', 'starter 10-31']);
    const backdated = journal(state('2026-05-10', 'cancelled'), started('2026-05-02', starter));
    expect(runs(backdated)).to.deep.equal(['starter 02-09']);
  });

  it('are not ended by the cancellation of an earlier subscription where the later one was backdated', () => {
    const facts = journal(
      started('2026-05-01', studio),
      { type: 'cancelled', day: '2026-05-20' },
      started('2026-05-15', starter),
    );
    expect(runs(facts)).to.deep.equal(['studio 01-14', 'starter 15-31']);
  });

  it('keep changes that were made ahead of a future start', () => {
    const facts = journal(
      started('2026-05-20', studio),
      { type: 'plan_changed', day: '2026-05-05', plan: pro },
      { type: 'addon_attached', day: '2026-05-06', attachment_id: 'a1', addon: tokens1m },
    );
    expect(runs(facts)).to.deep.equal(['pro 20-31']);
    expect(termsOnDay(facts, '2026-05-20')?.addons.map(({ attachment_id }) => attachment_id)).to.deep.equal([
      'a1',
    ]);
    const cancelledAhead = journal(started('2026-05-20', studio), { type: 'cancelled', day: '2026-05-06' });
    expect(runs(cancelledAhead)).to.deep.equal([]);
  });

  it('are those of the given day, without later changes', () => {
    const facts = journal(
      started('2026-03-01', studio),
      { type: 'plan_changed', day: '2026-06-02', plan: pro },
      { type: 'cancelled', day: '2026-06-20' },
    );
    expect(runs(facts)).to.deep.equal(['studio 01-31']);
  });
});
