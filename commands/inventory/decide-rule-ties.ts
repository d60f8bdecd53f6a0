import type { TieRule } from '../../src/events/inventory.ts';
import { addDays } from '../../src/pricing/calendar.ts';
import { closedStates } from './tie-resource.ts';
import { hasDays, type Tie } from './resource.ts';

/** A tie as the rules see it: with the events that made and ended it, by position. */
export interface RuledTie extends Tie {
  tied_position: number;
  /** Null while open. */
  untied_position: number | null;
  untied_reason: string | null;
}

/** A resource that a rule may concern. Days are UTC days. */
export interface RuledResource {
  resource_id: string;
  /** Its own tenant. */
  tenant_id: string;
  first_seen: string;
  stale: boolean;
  /** Where the project walks have it, since when, and by which event; null before any walk placed it. */
  place: { project_id: string | null; since: string; position: number } | null;
  /** The droplet or volume that it was taken of. */
  source_id: string | null;
  ties: readonly RuledTie[];
}

/** Everything that the rules decide from. */
export interface RuleFacts {
  today: string;
  resources: readonly RuledResource[];
  /** By project: the deployment of its rule (null: ended, or the project is gone), and the day of that. */
  projects: ReadonlyMap<string, { deploys: string | null; changed: string }>;
  deployments: ReadonlyMap<string, { tenant_id: string; state: string }>;
  /** The last invoiced day of each tenant that has one. */
  invoiced: ReadonlyMap<string, string>;
}

/** Why a rule ends a tie. */
export type RuleUntieReason = 'left-project' | 'source-untied' | 'rule-ended';

/** What the rules do to one resource: first it is untied, then tied anew. */
export interface RuleDecision {
  resource_id: string;
  /** The ties that this was decided from, to find that they have changed since. */
  seen: readonly Tie[];
  untie: { tie: Tie; effective_to: string; reason: RuleUntieReason } | null;
  tie: { deployment_id: string; tenant_id: string; effective_from: string; rule: TieRule } | null;
}

const latest = (...days: readonly (string | null | undefined)[]): string =>
  days.reduce<string>((last, day) => (day !== null && day !== undefined && day > last ? day : last), '');

const openTie = <T extends Tie>(ties: readonly T[]): T | undefined =>
  ties.findLast((tie) => tie.effective_to === null);

/** The first day that no invoice of the tenant covers; empty without an invoice. */
function dayAfterInvoices(facts: RuleFacts, tenantId: string): string {
  const day = facts.invoiced.get(tenantId);
  return day === undefined ? '' : addDays(day, 1);
}

/** Whether the last end of a tie was asked for by hand, after the event that a rule begins with. */
function isTakenByHand({ ties }: RuledResource, since: number): boolean {
  const last = ties.reduce<RuledTie | null>(
    (found, tie) =>
      tie.untied_position !== null && tie.untied_position > (found?.untied_position ?? -1) ? tie : found,
    null,
  );
  return last?.untied_reason === 'requested' && (last.untied_position ?? -1) > since;
}

/** The end of a tie that the rule of a project made; null while the rule still holds. */
function endByProject(
  facts: RuleFacts,
  resource: RuledResource,
  tie: RuledTie,
  projectId: string,
): { day: string; reason: RuleUntieReason } | null {
  const { place } = resource;
  if (place !== null && place.project_id !== projectId) return { day: place.since, reason: 'left-project' };
  const rule = facts.projects.get(projectId);
  if (rule?.deploys === tie.deployment_id) return null;
  return { day: rule?.changed ?? facts.today, reason: 'rule-ended' };
}

/** The end of a tie that followed the tie of its source; null while the source is tied so. */
function endBySource(
  facts: RuleFacts,
  tie: RuledTie,
  sourceTies: readonly Tie[],
): { day: string; reason: RuleUntieReason } | null {
  const same = sourceTies.filter((one) => one.deployment_id === tie.deployment_id);
  if (openTie(same) !== undefined) return null;
  const day = latest(...same.map((one) => one.effective_to));
  return { day: day === '' ? facts.today : day, reason: 'source-untied' };
}

/** The end of the last tie, where a rule made it and no longer holds, or held for fewer days. */
function untieOf(
  facts: RuleFacts,
  resource: RuledResource,
  sourceTies: readonly Tie[],
): RuleDecision['untie'] {
  const tie = openTie(resource.ties) ?? resource.ties.at(-1);
  if (tie?.rule === undefined) return null;
  // Only a source can shorten what has ended: its own tie was shortened.
  if (tie.effective_to !== null && (tie.rule.by === 'project' || tie.untied_reason !== 'source-untied'))
    return null;
  const end =
    tie.rule.by === 'project'
      ? endByProject(facts, resource, tie, tie.rule.project_id)
      : endBySource(facts, tie, sourceTies);
  if (end === null) return null;
  const effective_to = latest(end.day, tie.effective_from, dayAfterInvoices(facts, tie.tenant_id));
  if (tie.effective_to !== null && effective_to >= tie.effective_to) return null;
  return { tie, effective_to, reason: end.reason };
}

/** The rule that a resource without a tie falls under, and the first day that it may count from. */
function ruleOf(
  facts: RuleFacts,
  resource: RuledResource,
  sourceTies: readonly RuledTie[],
): { deployment_id: string; from: string; rule: TieRule } | null {
  const held = openTie(sourceTies);
  if (resource.source_id !== null && held !== undefined && !isTakenByHand(resource, held.tied_position))
    return {
      deployment_id: held.deployment_id,
      from: held.effective_from,
      rule: { by: 'source', resource_id: resource.source_id },
    };
  const { place } = resource;
  if (place === null || place.project_id === null || isTakenByHand(resource, place.position)) return null;
  const deployment_id = facts.projects.get(place.project_id)?.deploys ?? null;
  return deployment_id === null
    ? null
    : { deployment_id, from: place.since, rule: { by: 'project', project_id: place.project_id } };
}

/** The tie that a rule makes: after earlier ties, and after what is invoiced to either tenant. */
function tieOf(
  facts: RuleFacts,
  resource: RuledResource,
  sourceTies: readonly RuledTie[],
  ties: readonly Tie[],
): RuleDecision['tie'] {
  if (resource.stale || openTie(ties) !== undefined) return null;
  const found = ruleOf(facts, resource, sourceTies);
  const deployment = found === null ? undefined : facts.deployments.get(found.deployment_id);
  if (found === null || deployment === undefined || closedStates.has(deployment.state)) return null;
  const { deployment_id, from, rule } = found;
  const { tenant_id } = deployment;
  const effective_from = latest(
    from,
    resource.first_seen,
    ...ties.filter(hasDays).map((tie) => tie.effective_to),
    dayAfterInvoices(facts, tenant_id),
    dayAfterInvoices(facts, resource.tenant_id),
  );
  return effective_from > facts.today ? null : { deployment_id, tenant_id, effective_from, rule };
}

/** The ties after a decision. A new one counts as the newest event. */
function tiesAfter(ties: readonly RuledTie[], { untie, tie }: RuleDecision): RuledTie[] {
  const newest = Number.MAX_SAFE_INTEGER;
  const kept = ties.map((one) =>
    one === untie?.tie
      ? {
          ...one,
          effective_to: untie.effective_to,
          untied_position: newest,
          untied_reason: untie.reason,
        }
      : one,
  );
  if (tie === null) return kept;
  return [
    ...kept,
    { ...tie, effective_to: null, tied_position: newest, untied_position: null, untied_reason: null },
  ];
}

/** What the rules do to one resource; null: nothing. */
function decideOne(
  facts: RuleFacts,
  resource: RuledResource,
  sourceTies: readonly RuledTie[],
): RuleDecision | null {
  const { resource_id, ties: seen } = resource;
  const untie = untieOf(facts, resource, sourceTies);
  const left = tiesAfter(seen, { resource_id, seen, untie, tie: null });
  const tie = tieOf(facts, { ...resource, ties: left }, sourceTies, left);
  return untie === null && tie === null ? null : { resource_id, seen, untie, tie };
}

/**
 * The ties that the rules of projects and sources make and end. A tie by hand wins: a rule neither ends it
 * nor ties a resource that is tied. Applied, the same facts lead to no further decision.
 */
export function decideRuleTies(facts: RuleFacts): RuleDecision[] {
  const after = new Map<string, readonly RuledTie[]>();
  // Sources first: what is taken of them follows their new ties at once.
  const ordered = [
    ...facts.resources.filter((one) => one.source_id === null),
    ...facts.resources.filter((one) => one.source_id !== null),
  ];
  return ordered.flatMap((resource): RuleDecision[] => {
    const sourceTies = resource.source_id === null ? [] : (after.get(resource.source_id) ?? []);
    const decision = decideOne(facts, resource, sourceTies);
    after.set(resource.resource_id, decision === null ? resource.ties : tiesAfter(resource.ties, decision));
    return decision === null ? [] : [decision];
  });
}
