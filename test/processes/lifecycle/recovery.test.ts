import { expect } from 'chai';
import {
  decided,
  deploymentFact,
  onTime,
  overdueInvoice,
  owedPart,
  tenantFact,
} from '../../support/processes/lifecycle-facts.ts';

const moved = (state: 'past_due' | 'suspended', changes: Parameters<typeof deploymentFact>[0] = {}) =>
  deploymentFact({ state, state_rule: 'dunning', state_since: '2026-06-14', ...changes });
const paid = { settled_by: { event_id: 'payment', is_money: true } };

describe('recovery', () => {
  it('brings back what dunning moved, once nothing is overdue', () => {
    for (const state of ['past_due', 'suspended'] as const)
      expect(decided(tenantFact([moved(state)], paid), onTime('2026-06-20'))).to.deep.equal([
        [state, 'active', 'recovery', 'all that was overdue is paid', 'payment', '2026-06-20'],
      ]);
  });

  it('says so where no money came, but the invoice was voided or issued anew', () => {
    const settled_by = { event_id: 'voided', is_money: false };
    expect(
      decided(tenantFact([moved('suspended')], { settled_by }), onTime('2026-06-20'))[0]?.slice(3, 5),
    ).to.deep.equal(['nothing that was overdue is open any more', 'voided']);
  });

  it('waits until all is paid that is overdue, however short', () => {
    const other = overdueInvoice([owedPart({ due_on: '2026-06-19' })]);
    expect(
      decided(tenantFact([moved('suspended')], { overdue: [other] }), onTime('2026-06-20')),
    ).to.deep.equal([]);
    const due = overdueInvoice([owedPart({ due_on: '2026-06-20' })]);
    expect(
      decided(tenantFact([moved('suspended')], { overdue: [due], ...paid }), onTime('2026-06-20')),
    ).to.have.length(1);
  });

  it('leaves alone what a person or the end of a trial moved, and what is set apart', () => {
    const left = [
      moved('suspended', { state_rule: null }),
      moved('past_due', { state_rule: null }),
      moved('suspended', { state_rule: 'trial-end' }),
      moved('suspended', { billing_action_suspended: true }),
    ];
    expect(decided(tenantFact(left, paid), onTime('2026-06-20'))).to.deep.equal([]);
  });

  it('counts from the present day, whichever day is made up for', () => {
    const now = '2026-06-20T09:00:00.000Z';
    const tenant = tenantFact([moved('suspended')], { ...paid, last_invoiced_day: '2026-05-31' });
    expect(decided(tenant, { day: '2026-06-10', now })[0]?.at(-1)).to.equal('2026-06-20');
  });
});
