import fc from 'fast-check';
import { expect } from 'chai';
import { resource, seenResource } from '../../../commands/inventory/resource.ts';
import type { ResourceState } from '../../../commands/inventory/resource.ts';
import { tieResource } from '../../../commands/inventory/tie-resource.ts';
import { untieResource } from '../../../commands/inventory/untie-resource.ts';
import { isRefusal } from '../../../src/ledger/refusal.ts';
import { addDays } from '../../../src/pricing/calendar.ts';
import { execution } from '../../support/commands/command-spec.ts';
import { discovered, dropletId } from '../../support/commands/droplet-events.ts';

const first = '2026-04-01';
const dayNumber = fc.integer({ min: 0, max: 20 });
const step = fc.record({
  untie: fc.boolean(),
  deployment: fc.constantFrom('d1', 'd2', 'd3'),
  day: fc.option(dayNumber, { nil: undefined }),
  today: dayNumber,
});

describe('ties after any commands', () => {
  it('give no day to two deployments, and a repeated command adds no event', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        let state: ResourceState = resource.evolve(null, discovered());
        for (const { untie, deployment, day, today } of steps) {
          const context = {
            deployment: { deployment_id: deployment, tenant_id: `tenant of ${deployment}`, state: 'active' },
            invoices: [],
          };
          const at = execution({ now: `${addDays(first, today)}T12:00:00.000Z` });
          const named = day === undefined ? undefined : addDays(first, day);
          const ask = () =>
            untie
              ? untieResource.decide(
                  state,
                  { resource_id: dropletId, deployment_id: deployment, effective_to: named },
                  context,
                  at,
                )
              : tieResource.decide(
                  state,
                  { resource_id: dropletId, deployment_id: deployment, effective_from: named },
                  context,
                  at,
                );
          const decision = ask();
          if (isRefusal(decision)) continue;
          for (const event of decision) state = resource.evolve(state, event);
          const again = ask();
          if (!isRefusal(again)) expect(again).to.deep.equal([]);
        }
        for (let n = -1; n <= 22; n++) {
          const on = addDays(first, n);
          const holders =
            seenResource(state)?.ties.filter(
              (tie) => tie.effective_from <= on && (tie.effective_to === null || tie.effective_to > on),
            ) ?? [];
          expect(holders.length, on).to.be.at.most(1);
        }
      }),
    );
  });
});
