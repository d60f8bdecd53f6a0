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

/** A tie that a rule ends, or shortens where it has ended. */
export interface RuleUntie {
  tie: Tie;
  effective_to: string;
  reason: RuleUntieReason;
}

/** A tie that a rule makes; with an end where that of its source has ended already. */
export interface RuleTie {
  deployment_id: string;
  tenant_id: string;
  effective_from: string;
  effective_to: string | null;
  rule: TieRule;
}

/** What the rules do to one resource: first it is untied, then tied anew. */
export interface RuleDecision {
  resource_id: string;
  /** The ties that this was decided from, to find that they have changed since. */
  seen: readonly Tie[];
  unties: readonly RuleUntie[];
  ties: readonly RuleTie[];
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

/** Whether a deployment takes new ties. */
function isOpen(facts: RuleFacts, deploymentId: string): boolean {
  const deployment = facts.deployments.get(deploymentId);
  return deployment !== undefined && !closedStates.has(deployment.state);
}

/** The open tie of the source, if the resource follows it. */
function heldBySource(
  facts: RuleFacts,
  resource: RuledResource,
  sourceTies: readonly RuledTie[],
): RuledTie | null {
  const held = openTie(sourceTies);
  if (held === undefined || isTakenByHand(resource, held.tied_position)) return null;
  return isOpen(facts, held.deployment_id) ? held : null;
}

/** The end of a tie that the rule of a project made; null while the rule still holds. */
function endByProject(
  facts: RuleFacts,
  resource: RuledResource,
  tie: RuledTie,
  { projectId, sourceTies }: { projectId: string; sourceTies: readonly RuledTie[] },
): { day: string; reason: RuleUntieReason } | null {
  const { place } = resource;
  if (place !== null && place.project_id !== projectId) return { day: place.since, reason: 'left-project' };
  const rule = facts.projects.get(projectId);
  if (rule?.deploys !== tie.deployment_id) return { day: rule?.changed ?? facts.today, reason: 'rule-ended' };
  // What a backup or snapshot was taken of says more than the project that it is in.
  const held = heldBySource(facts, resource, sourceTies);
  return held === null || held.deployment_id === tie.deployment_id
    ? null
    : { day: held.effective_from, reason: 'rule-ended' };
}

/** The end of a tie that followed the tie of its source; null while the source is tied so. */
function endBySource(
  facts: RuleFacts,
  tie: RuledTie,
  sourceTies: readonly Tie[],
): { day: string; reason: RuleUntieReason } | null {
  const same = sourceTies.filter((one) => one.deployment_id === tie.deployment_id);
  const followed = same.findLast((one) => one.effective_from <= tie.effective_from);
  let day = followed === undefined ? facts.today : followed.effective_to;
  // The source was tied anew to the same deployment, without a day between.
  for (const next of same.filter(hasDays))
    if (day !== null && next.effective_from <= day && (next.effective_to ?? '9999') > day)
      day = next.effective_to;
  return day === null ? null : { day, reason: 'source-untied' };
}

/** The end of a tie, where a rule made it and no longer holds, or held for fewer days. */
function untieOf(
  facts: RuleFacts,
  resource: RuledResource,
  sourceTies: readonly RuledTie[],
  tie: RuledTie,
): RuleUntie[] {
  if (tie.rule === undefined) return [];
  // Only a source can shorten what has ended: its own tie was shortened.
  if (tie.effective_to !== null && (tie.rule.by === 'project' || tie.untied_reason !== 'source-untied'))
    return [];
  const end =
    tie.rule.by === 'project'
      ? endByProject(facts, resource, tie, { projectId: tie.rule.project_id, sourceTies })
      : endBySource(facts, tie, sourceTies);
  if (end === null) return [];
  const effective_to = latest(end.day, tie.effective_from, dayAfterInvoices(facts, tie.tenant_id));
  if (tie.effective_to !== null && effective_to >= tie.effective_to) return [];
  return [{ tie, effective_to, reason: end.reason }];
}

/** Days of a deployment that a resource falls to by a rule. */
interface RuledDays {
  deployment_id: string;
  from: string;
  to: string | null;
  rule: TieRule;
}

/** What a resource without a tie falls to: the days of its source's ties, else those in its project. */
function ruledDays(facts: RuleFacts, resource: RuledResource, sourceTies: readonly RuledTie[]): RuledDays[] {
  const { source_id, place } = resource;
  const followed =
    source_id === null
      ? []
      : sourceTies.filter((tie) => hasDays(tie) && !isTakenByHand(resource, tie.tied_position));
  const found = followed.map((tie): RuledDays => {
    const { deployment_id, effective_from, effective_to } = tie;
    const rule = { by: 'source' as const, resource_id: source_id ?? '' };
    return { deployment_id, from: effective_from, to: effective_to, rule };
  });
  if (openTie(followed) !== undefined) return found;
  if (place === null || place.project_id === null || isTakenByHand(resource, place.position)) return found;
  const { project_id, since } = place;
  const deployment_id = facts.projects.get(project_id)?.deploys ?? null;
  if (deployment_id === null) return found;
  return [...found, { deployment_id, from: since, to: null, rule: { by: 'project', project_id } }];
}

/** The ties that rules make: after earlier ties, and after what is invoiced to either tenant. */
function tiesOf(
  facts: RuleFacts,
  resource: RuledResource,
  sourceTies: readonly RuledTie[],
  ties: readonly Tie[],
): RuleTie[] {
  if (resource.stale || openTie(ties) !== undefined) return [];
  let begin = latest(
    resource.first_seen,
    ...ties.filter(hasDays).map((tie) => tie.effective_to),
    dayAfterInvoices(facts, resource.tenant_id),
  );
  const made: RuleTie[] = [];
  for (const { deployment_id, from, to, rule } of ruledDays(facts, resource, sourceTies)) {
    const tenant_id = facts.deployments.get(deployment_id)?.tenant_id;
    if (tenant_id === undefined || !isOpen(facts, deployment_id)) continue;
    const effective_from = latest(from, begin, dayAfterInvoices(facts, tenant_id));
    if (effective_from > facts.today || effective_from >= (to ?? '9999')) continue;
    made.push({ deployment_id, tenant_id, effective_from, effective_to: to, rule });
    begin = latest(begin, to);
  }
  return made;
}

/** The ties after a decision. A new one counts as the newest event. */
function tiesAfter(ties: readonly RuledTie[], { unties, ties: made }: RuleDecision): RuledTie[] {
  const newest = Number.MAX_SAFE_INTEGER;
  const kept = ties.map((one) => {
    const ended = unties.find(({ tie }) => tie === one);
    if (ended === undefined) return one;
    const { effective_to, reason } = ended;
    return { ...one, effective_to, untied_position: newest, untied_reason: reason };
  });
  const added = made.map((tie): RuledTie => ({
    ...tie,
    tied_position: newest,
    untied_position: tie.effective_to === null ? null : newest,
    untied_reason: tie.effective_to === null ? null : 'source-untied',
  }));
  return [...kept, ...added];
}

/** What the rules do to one resource; null: nothing. */
function decideOne(
  facts: RuleFacts,
  resource: RuledResource,
  sourceTies: readonly RuledTie[],
): RuleDecision | null {
  const { resource_id, ties: seen } = resource;
  const unties = seen.flatMap((tie) => untieOf(facts, resource, sourceTies, tie));
  const left = tiesAfter(seen, { resource_id, seen, unties, ties: [] });
  const ties = tiesOf(facts, { ...resource, ties: left }, sourceTies, left);
  return unties.length === 0 && ties.length === 0 ? null : { resource_id, seen, unties, ties };
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
