/** A deployment's usage of one day: records, the input that meters it, and sets of records as events. */
import type { Observation, MeteringEvent, Unmetered } from '../../../src/events/usage.ts';
import { setHashOf, meterDeploymentDay } from '../../../commands/usage/meter-deployment-day.ts';
import { deploymentDay } from '../../../commands/usage/deployment-day.ts';
import { execution } from './command-spec.ts';
import { isRefusal } from '../../../src/ledger/refusal.ts';

export const usageRecord = (resource_id: string, changes: Partial<Observation> = {}): Observation => ({
  resource_id,
  resource_kind: 'droplet_hours',
  granularity: 'day',
  hour: null,
  qty: '24',
  ...changes,
});

export const usageRecords = (count: number) =>
  Array.from({ length: count }, (_, n) => usageRecord(`r-${String(n).padStart(6, '0')}`));

export const meterInput = (observations: Observation[]) => ({
  deployment_id: 'd',
  tenant_id: 't',
  day: '2026-04-30',
  observations,
});

export const usageSet = (set_no: number, observations: Observation[]): MeteringEvent => ({
  type: 'UsageMetered',
  data: {
    deployment_id: 'd',
    tenant_id: 't',
    day: '2026-04-30',
    set_no,
    set_hash: setHashOf(observations),
    part: 1,
    parts: 1,
    observations,
  },
});

/** What executing the command until it is complete appends, by append. */
export function appendsOf(
  events: MeteringEvent[],
  observations: Observation[],
  unmetered: Unmetered[] = [],
): MeteringEvent[][] {
  const wanted = { ...meterInput(observations), unmetered };
  const appends: MeteringEvent[][] = [];
  let state = events.reduce(
    (folded, event) => deploymentDay.evolve(folded, event),
    deploymentDay.initialState,
  );
  for (;;) {
    const decision = meterDeploymentDay.decide(state, wanted, undefined, execution());
    if (isRefusal(decision)) throw new Error(decision.detail);
    if (decision.length > 0) appends.push(decision);
    state = decision.reduce((folded, event) => deploymentDay.evolve(folded, event), state);
    if (meterDeploymentDay.result(state, wanted).complete) return appends;
  }
}

export const partNumbers = (events: readonly MeteringEvent[]) =>
  events.map(({ data: { set_no, part, parts, observations } }) => [set_no, part, parts, observations.length]);
