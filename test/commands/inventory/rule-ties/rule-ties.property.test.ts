import fc from 'fast-check';
import { expect } from 'chai';
import { applyRuleTies } from '../../../../commands/inventory/apply-rule-ties.ts';
import {
  decideRuleTies,
  type RuledResource,
  type RuledTie,
} from '../../../../commands/inventory/decide-rule-ties.ts';
import { addDays } from '../../../../src/pricing/calendar.ts';
import { resource as aggregate } from '../../../../commands/inventory/resource.ts';
import type { InventoryEvent } from '../../../../src/events/inventory.ts';
import { isRefusal } from '../../../../src/ledger/refusal.ts';
import { execution } from '../../../support/commands/command-spec.ts';
import { discovered, dropletId } from '../../../support/commands/droplet-events.ts';
import { facts, placedIn, resource } from '../../../support/commands/rule-facts.ts';

const first = '2026-05-01';
const step = fc.record({
  move: fc.option(fc.constantFrom('p1', 'p2', 'p3', null), { nil: undefined }),
  byHand: fc.constantFrom('tie', 'untie', 'stale', 'nothing', 'nothing'),
  rule: fc.option(fc.constantFrom('d1', 'd2', null), { nil: undefined }),
});

/** The ties after more events, numbered on from the ones before. */
function tiesAfter(
  ties: readonly RuledTie[],
  events: readonly InventoryEvent[],
  position: number,
): RuledTie[] {
  return events.reduce<RuledTie[]>(
    (all, event, index) => {
      const at = position + index;
      if (event.type === 'ResourceTied') {
        const { deployment_id, tenant_id, effective_from, rule } = event.data;
        const end = { effective_to: null, untied_position: null, untied_reason: null };
        const tie = { deployment_id, tenant_id, effective_from, tied_position: at, ...end };
        return [...all, rule === undefined ? tie : { ...tie, rule }];
      }
      if (event.type !== 'ResourceUntied') return all;
      const { effective_to, reason } = event.data;
      return all.map((tie, n) =>
        n === all.length - 1 ? { ...tie, effective_to, untied_position: at, untied_reason: reason } : tie,
      );
    },
    [...ties],
  );
}

describe('rule ties after any days', () => {
  it('give a day to one deployment, end no tie by hand, and settle in one run', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 15 }), (steps) => {
        let droplet: RuledResource = resource(dropletId);
        let state = aggregate.evolve(null, discovered());
        let projects = new Map<string, { deploys: string | null; changed: string }>([
          ['p1', { deploys: 'd1', changed: first }],
        ]);
        projects.set('p2', { deploys: 'd2', changed: first });
        let position = 100;
        const apply = (events: readonly InventoryEvent[]): void => {
          state = events.reduce((folded, event) => aggregate.evolve(folded, event), state);
          droplet = { ...droplet, ties: tiesAfter(droplet.ties, events, position) };
          position += 10;
        };
        for (const [index, { move, byHand, rule }] of steps.entries()) {
          const today = addDays(first, index);
          if (move !== undefined && move !== droplet.place?.project_id)
            droplet = { ...droplet, place: placedIn(move, today, position) };
          if (rule !== undefined) projects = new Map(projects).set('p1', { deploys: rule, changed: today });
          droplet = { ...droplet, stale: byHand === 'stale' };
          position += 10;
          const open = droplet.ties.find((tie) => tie.effective_to === null);
          const tie = { resource_id: dropletId, tenant_id: 'initech', deployment_id: 'd9' };
          if (byHand === 'tie' && open === undefined)
            apply([{ type: 'ResourceTied', data: { ...tie, effective_from: today } }]);
          if (byHand === 'untie' && open !== undefined) {
            const { deployment_id, tenant_id, effective_from } = open;
            const ended = { resource_id: dropletId, deployment_id, tenant_id, effective_from };
            const data = { ...ended, effective_to: today, reason: 'requested' as const };
            apply([{ type: 'ResourceUntied', data }]);
          }
          const before = droplet.ties;
          const known = { today, projects };
          const [decision] = decideRuleTies(facts([droplet], known));
          if (decision !== undefined) {
            const context = undefined;
            const events = applyRuleTies.decide(state, decision, context, execution());
            if (isRefusal(events)) throw new Error('refused');
            expect(events, 'recorded').to.not.deep.equal([]);
            apply(events);
            expect(applyRuleTies.decide(state, decision, context, execution()), 'again').to.deep.equal([]);
          }
          expect(decideRuleTies(facts([droplet], known)), 'settled').to.deep.equal([]);
          const byHandBefore = before.find((one) => one.rule === undefined && one.effective_to === null);
          if (byHandBefore !== undefined) expect(droplet.ties).to.deep.equal(before);
          if (byHand === 'untie' && open !== undefined && droplet.ties.at(-1)?.effective_to === null)
            throw new Error('taken back at once');
          const days = droplet.ties.filter(
            ({ effective_from, effective_to }) => effective_to === null || effective_to > effective_from,
          );
          days.slice(1).forEach(({ effective_from }, at) => {
            expect(effective_from >= (days[at]?.effective_to ?? '9999'), 'one a day').to.equal(true);
          });
        }
      }),
      { numRuns: 200 },
    );
  });
});
