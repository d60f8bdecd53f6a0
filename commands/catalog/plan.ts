import type { Aggregate } from '../../src/ledger/command.ts';
import { idFrom } from '../../src/ledger/ids.ts';
import type { PlanEvent, PlanItem } from '../../src/events/catalog.ts';

type PlanVersionStatus = 'draft' | 'active' | 'retired';

/** A version of a plan. Its terms never change once drafted, only its status does. */
export interface PlanVersion {
  version: number;
  status: PlanVersionStatus;
  base_price_cents: number;
  currency: string;
  items: PlanItem[];
}

/** A plan with all its versions, in the order of their numbers. */
export interface Plan {
  code: string;
  name: string;
  versions: PlanVersion[];
}

/** Null before the plan is created. */
export type PlanState = Plan | null;

/** The stream of a plan and all its versions. */
export const planStream = (code: string): string => `plan-${idFrom('plan', code)}`;

/** A plan with all its versions: one append publishes a version and retires the one before it. */
export const plan: Aggregate<PlanState, PlanEvent> = {
  name: 'plan',
  initialState: null,
  evolve(state, event): PlanState {
    switch (event.type) {
      case 'PlanCreated':
        return { code: event.data.plan_code, name: event.data.name, versions: [] };
      case 'PlanVersionDrafted': {
        const { plan_code: _code, version, ...terms } = event.data;
        return state && { ...state, versions: [...state.versions, { version, status: 'draft', ...terms }] };
      }
      case 'PlanVersionPublished':
        return state && { ...state, versions: state.versions.map((known) => published(known, event.data)) };
    }
  },
};

function published(
  known: PlanVersion,
  { version, retires }: { version: number; retires: number | null },
): PlanVersion {
  if (known.version === version) return { ...known, status: 'active' };
  return known.version === retires ? { ...known, status: 'retired' } : known;
}

/** The version on sale, if any. */
export function activeVersion(state: Plan): PlanVersion | undefined {
  return state.versions.find(({ status }) => status === 'active');
}
