import { defineCommand } from '../../src/ledger/command.ts';
import { refuse, type Refusal } from '../../src/ledger/refusal.ts';
import type { PlanEvent } from '../../src/events/catalog.ts';
import { activeVersion, plan, planStream } from './plan.ts';

export interface PublishPlanVersion {
  plan_code: string;
  version: number;
}

/** Puts a draft on sale and retires the version that was on sale. The active version again adds nothing. */
export const publishPlanVersion = defineCommand({
  name: 'publish-plan-version',
  aggregate: plan,
  stream: (input: PublishPlanVersion) => planStream(input.plan_code),
  decide(state, { plan_code, version }, _context: undefined, { currency }): PlanEvent[] | Refusal {
    const known = state?.versions.find((candidate) => candidate.version === version);
    if (!state || !known) return refuse('not-found', `there is no version ${version} of plan ${plan_code}`);
    switch (known.status) {
      case 'active':
        return [];
      case 'retired':
        // Its terms were withdrawn. A new draft of the same terms shows that they are meant.
        return refuse('conflict', `version ${version} of plan ${plan_code} is retired: draft its terms anew`);
      case 'draft':
        // The ledger's currency may have changed since the draft.
        if (known.currency !== currency)
          return refuse(
            'currency-mismatch',
            `version ${version} of plan ${plan_code} is in ${known.currency},` +
              ` this ledger bills in ${currency}`,
          );
        return [
          {
            type: 'PlanVersionPublished',
            data: { plan_code, version, retires: activeVersion(state)?.version ?? null },
          },
        ];
    }
  },
  result: (state, { version }) => state?.versions.find((candidate) => candidate.version === version) ?? null,
});
