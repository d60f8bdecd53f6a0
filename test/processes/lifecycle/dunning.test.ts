import { expect } from 'chai';
import type { DeploymentState } from '../../../src/events/deployments.ts';
import { decideLifecycle } from '../../../src/processes/lifecycle/decide-lifecycle.ts';
import {
  decided,
  deploymentFact,
  onTime,
  overdueInvoice,
  owedPart,
  settings,
  tenantFact,
} from '../../support/processes/lifecycle-facts.ts';

const owing = (
  changes: Parameters<typeof deploymentFact>[0] = {},
  overdue = [overdueInvoice()],
  more: Parameters<typeof tenantFact>[1] = {},
) => tenantFact([deploymentFact(changes)], { overdue, ...more });
const dunned = { state: 'past_due', state_rule: 'dunning', state_since: '2026-05-29' } as const;

describe('dunning', () => {
  it('makes active deployments past due once an invoice is overdue for so many days', () => {
    expect(decided(owing(), onTime('2026-05-28'))).to.deep.equal([]);
    const reason = 'invoice AC-2026-000012 is 14 days overdue (due 2026-05-15)';
    expect(decided(owing(), onTime('2026-05-29'))).to.deep.equal([
      ['active', 'past_due', 'dunning', reason, 'issued', '2026-05-29'],
    ]);
  });

  it('suspends what it made past due once the invoice is overdue for longer', () => {
    expect(decided(owing(dunned), onTime('2026-06-13'))).to.deep.equal([]);
    const reason = 'invoice AC-2026-000012 is 30 days overdue (due 2026-05-15)';
    expect(decided(owing(dunned), onTime('2026-06-14'))).to.deep.equal([
      ['past_due', 'suspended', 'dunning', reason, 'issued', '2026-06-14'],
    ]);
  });

  it('suspends at once what is active when an invoice is overdue for that long', () => {
    expect(decided(owing(), onTime('2026-06-20')).map(([from, to]) => [from, to])).to.deep.equal([
      ['active', 'suspended'],
    ]);
    const same = { dunningDays: 14, suspendDays: 14 };
    expect(decided(owing(), onTime('2026-05-29'), same).map(([, to]) => to)).to.deep.equal(['suspended']);
  });

  it('moves every active deployment of the tenant, and each from its own count of transitions', () => {
    const deployments = [
      deploymentFact({ deployment_id: 'a', transitions: 3 }),
      deploymentFact({ deployment_id: 'b' }),
    ];
    const steps = decideLifecycle(
      tenantFact(deployments, { overdue: [overdueInvoice()] }),
      onTime('2026-05-29'),
      settings,
    );
    expect(steps.map(({ deployment_id, after }) => [deployment_id, after])).to.deep.equal([
      ['a', 3],
      ['b', 0],
    ]);
  });

  it('leaves all other states alone, and what a person or the end of a trial moved', () => {
    for (const [state, state_rule] of [
      ['past_due', null],
      ['suspended', null],
      ['suspended', 'trial-end'],
      ['suspended', 'dunning'],
      ['paused', null],
      ['cancelled', null],
      ['archived', null],
    ] as const satisfies (readonly [DeploymentState, string | null])[])
      expect(decided(owing({ state, state_rule }), onTime('2026-07-01')), state).to.deep.equal([]);
  });

  it('leaves deployments alone whose billing actions are suspended', () => {
    for (const state of [{}, dunned])
      expect(
        decided(owing({ ...state, billing_action_suspended: true }), onTime('2026-07-01')),
      ).to.deep.equal([]);
  });

  it('leaves a debt alone whose dunning began by the last transition by an admin', () => {
    expect(decided(owing({ decided_on: '2026-05-29' }), onTime('2026-07-01'))).to.deep.equal([]);
    expect(decided(owing({ decided_on: '2026-05-28' }), onTime('2026-05-29'))).to.have.length(1);
    const next = overdueInvoice([owedPart({ due_on: '2026-06-15', number: 'AC-2026-000020' })], [], 'j');
    const both = owing({ decided_on: '2026-06-01' }, [overdueInvoice(), next]);
    expect(decided(both, onTime('2026-06-28'))).to.deep.equal([]);
    expect(decided(both, onTime('2026-06-29')).map(([, to, , reason]) => [to, reason])).to.deep.equal([
      ['past_due', 'invoice AC-2026-000020 is 14 days overdue (due 2026-06-15)'],
    ]);
  });

  it('names the debt that has been due the longest, by its month while it has no number', () => {
    const unnumbered = overdueInvoice([owedPart({ number: null, due_on: '2026-05-14' })], [], 'j');
    const [step] = decided(owing({}, [overdueInvoice(), unnumbered]), onTime('2026-05-29'));
    expect(step?.[3]).to.equal('the invoice for 2026-04 is 15 days overdue (due 2026-05-14)');
  });

  it('counts what is open in part, and debit notes once the invoice is paid', () => {
    const note = { is_note: true, event_id: 'corrected', due_on: '2026-05-20', total_cents: 500 };
    const partly = overdueInvoice(undefined, [{ on: '2026-05-20', cents: 9_999 }]);
    expect(decided(owing({}, [partly]), onTime('2026-05-29'))).to.have.length(1);
    const noted = [owedPart(), owedPart({ ...note, number: 'AC-CN-2026-000003' })];
    const paid = overdueInvoice(noted, [{ on: '2026-05-20', cents: 10_000 }]);
    expect(decided(owing({}, [paid]), onTime('2026-06-02'))).to.deep.equal([]);
    expect(decided(owing({}, [paid]), onTime('2026-06-03')).map((step) => step.slice(3, 5))).to.deep.equal([
      ['debit note AC-CN-2026-000003 is 14 days overdue (due 2026-05-20)', 'corrected'],
    ]);
    const unnumbered = overdueInvoice([owedPart(note)], []);
    expect(
      decided(
        owing({}, [{ ...unnumbered, parts: [owedPart({ ...note, number: null })] }]),
        onTime('2026-06-03'),
      )[0]?.[3],
    ).to.equal('a debit note for 2026-04 is 14 days overdue (due 2026-05-20)');
  });

  it('dates a step of a missed day to that day, and never into an invoiced month', () => {
    const now = '2026-06-03T09:00:00.000Z';
    expect(decided(owing(), { day: '2026-05-29', now })[0]?.at(-1)).to.equal('2026-05-29');
    const invoiced = owing({}, undefined, { last_invoiced_day: '2026-05-31' });
    expect(decided(invoiced, { day: '2026-05-29', now })[0]?.at(-1)).to.equal('2026-06-01');
    const before = owing({}, undefined, { last_invoiced_day: '2026-04-30' });
    expect(decided(before, { day: '2026-05-29', now })[0]?.at(-1)).to.equal('2026-05-29');
  });

  it('leaves a missed day alone for what came to its state later', () => {
    const resumed = owing({ state_since: '2026-05-31', moved_at: '2026-05-31T09:00:00.000Z' });
    const now = '2026-06-03T09:00:00.000Z';
    expect(decided(resumed, { day: '2026-05-30', now })).to.deep.equal([]);
    expect(decided(resumed, { day: '2026-05-31', now })).to.deep.equal([]);
    expect(decided(resumed, { day: '2026-06-01', now })[0]?.at(-1)).to.equal('2026-06-01');
    expect(decided(resumed, { day: '2026-05-31', now: '2026-05-31T09:00:00.000Z' })).to.have.length(1);
    const early = owing({ state_since: '2026-05-31', moved_at: '2026-05-31T04:00:00.000Z' });
    expect(decided(early, { day: '2026-05-31', now })).to.have.length(1);
  });

  it('leaves a missed day alone on which billing actions were suspended', () => {
    const now = '2026-06-15T09:00:00.000Z';
    const moved = { state: 'past_due', state_rule: 'dunning', state_since: '2026-05-29' } as const;
    for (const changes of [{}, moved]) {
      const freed = owing({ ...changes, freed_at: '2026-06-14T09:00:00.000Z' });
      expect(decided(freed, { day: '2026-06-14', now })).to.deep.equal([]);
      expect(decided(freed, { day: '2026-06-15', now })[0]?.at(-1)).to.equal('2026-06-15');
    }
  });

  it('counts from the day after which a payment was taken back', () => {
    const bounced = overdueInvoice(undefined, [
      { on: '2026-05-20', cents: 10_000 },
      { on: '2026-06-20', cents: -10_000 },
    ]);
    const now = '2026-06-25T09:00:00.000Z';
    expect(decided(owing({}, [bounced]), { day: '2026-06-20', now })).to.deep.equal([]);
    expect(decided(owing({}, [bounced]), { day: '2026-06-21', now })[0]?.slice(1, 4)).to.deep.equal([
      ...['suspended', 'dunning', 'invoice AC-2026-000012 is 37 days overdue (due 2026-05-15)'],
    ]);
  });

  it('counts calendar days, over leap days and the turn of the year', () => {
    const since2023 = deploymentFact({ state_since: '2023-01-01', moved_at: '2023-01-01T09:00:00.000Z' });
    const due = (due_on: string) => owing({}, [overdueInvoice([owedPart({ due_on })])], {});
    const on = (due_on: string, day: string) =>
      decided({ ...due(due_on), deployments: [since2023] }, onTime(day))[0]?.slice(1, 4);
    expect(on('2024-02-15', '2024-02-28')).to.equal(undefined);
    expect(on('2024-02-15', '2024-02-29')?.[2]).to.contain('14 days overdue');
    expect(on('2023-02-15', '2023-03-01')?.[2]).to.contain('14 days overdue');
    expect(on('2025-12-20', '2026-01-02')).to.equal(undefined);
    expect(on('2025-12-20', '2026-01-03')?.[2]).to.contain('14 days overdue');
    expect(on('2025-12-20', '2026-01-19')?.[0]).to.equal('suspended');
  });

  it('is in days as configured, one of them in the singular, and never on the last day to pay', () => {
    const days = { dunningDays: 1, suspendDays: 2 };
    expect(decided(owing(), onTime('2026-05-16'), days)[0]?.[3]).to.equal(
      'invoice AC-2026-000012 is 1 day overdue (due 2026-05-15)',
    );
    expect(decided(owing(), onTime('2026-05-15'), { dunningDays: 0, suspendDays: 0 })).to.deep.equal([]);
  });

  it('has nothing to do without invoices', () => {
    expect(decided(tenantFact(), onTime('2026-05-29'))).to.deep.equal([]);
  });
});
