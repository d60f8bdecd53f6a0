import { defineCommand } from '../../src/ledger/command.ts';
import { refuse, type Refusal } from '../../src/ledger/refusal.ts';
import type { PlanEvent } from '../../src/events/catalog.ts';
import { plan, planStream } from './plan.ts';

export interface CreatePlan {
  code: string;
  name: string;
}

/** Creates a plan without a version. A code is taken for ever: subscriptions and invoices name it. */
export const createPlan = defineCommand({
  name: 'create-plan',
  aggregate: plan,
  stream: (input: CreatePlan) => planStream(input.code),
  assumesNew: true,
  decide(state, { code, name }): PlanEvent[] | Refusal {
    if (state !== null) return refuse('already-exists', `plan ${code} exists already`);
    return [{ type: 'PlanCreated', data: { plan_code: code, name } }];
  },
  result: (_state, { code, name }) => ({ code, name }),
});
