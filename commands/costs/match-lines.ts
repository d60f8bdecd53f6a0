import { snapshotSourceOf, type SnapshotSource } from './line-kind.ts';
import type { CostLine, CostLineMatch } from '../../src/events/costs.ts';
import { exactName, foldedName, indexNames, type NameIndex } from './match-names.ts';
import { identifies, isUnique, matchKind } from '../../src/digitalocean/provider-ids.ts';

/** A resource that a line may be for: its names and its lifetime (instants; null: open). */
export interface MatchCandidate {
  resource_id: string;
  provider_id: string;
  kind: string;
  /** What the provider says a snapshot was taken of; null where it says nothing, and for other kinds. */
  snapshot_of?: string | null;
  names: readonly { name: string; from: string | null; to: string | null }[];
  alive_from: string | null;
  /** The last instant at which a sweep saw it. */
  alive_to: string | null;
}

/** The time of a line that has no start or end of its own: instants. */
export interface LinePeriod {
  from: string;
  to: string;
}

/** A resource by one of its names: `from` to `to` (exclusive), last seen at `seenUntil`; milliseconds. */
interface NamedResource {
  resourceId: string;
  kind: string;
  name: string;
  snapshotOf: string | null;
  from: number;
  to: number;
  seenUntil: number;
}

type Found = Pick<CostLineMatch, 'resource_id' | 'unmatched_reason' | 'nearest'>;

const unmatched = (reason: CostLineMatch['unmatched_reason']): Found => ({
  resource_id: null,
  unmatched_reason: reason,
});
const idKeyOf = (kind: string, id: string): string => `${kind}\n${id.toLowerCase()}`;
const nameKeyOf = (kind: string, name: string): string => `${kind}\n${foldedName(name)}`;

/**
 * A function that finds the resource that a line is for (spec 4), over an inventory that is indexed once.
 *
 * A line whose JSON form has a resource id of the line's kind is for that resource, or for none: a resource
 * of the same name is another machine. All other lines are matched by kind and name, among the resources that
 * had the name during the line's time, deleted ones included. Exact names come first, then names that differ
 * in case only. A line that says what its snapshot was taken of matches no other snapshot. Two or more
 * matches leave the line unmatched, as `ambiguous`.
 */
export function lineMatcher(
  candidates: readonly MatchCandidate[],
  period?: LinePeriod,
): (line: CostLine) => CostLineMatch {
  const inventory = indexOf(candidates, period);
  return (line) => ({ line_no: line.line_no, ...matchOf(line, inventory) });
}

interface Inventory {
  /** By kind and provider id. */
  byId: ReadonlyMap<string, string>;
  /** By provider id alone, for ids that are unique among all kinds. */
  byUniqueId: ReadonlyMap<string, string>;
  /** By kind and lower-case name. */
  byName: ReadonlyMap<string, readonly NamedResource[]>;
  /** The nearest name, or null if none is near or enough were looked for. */
  nearest(kind: string, name: string, isMeant: (named: NamedResource) => boolean): NamedResource | null;
  period: { from: number; to: number };
}

function matchOf(line: CostLine, inventory: Inventory): Found {
  if (line.is_tax) return unmatched('tax');
  const id = line.provider_resource_id;
  if (line.kind === null) {
    const byId = id !== null && isUnique(id) ? inventory.byUniqueId.get(id.toLowerCase()) : undefined;
    return byId === undefined ? unmatched('no-kind') : { resource_id: byId, unmatched_reason: null };
  }
  const kind = matchKind(line.kind);
  if (id !== null) {
    const byId = inventory.byId.get(idKeyOf(kind, id));
    if (byId !== undefined) return { resource_id: byId, unmatched_reason: null };
    // The id of a backup line may be that of the backup, not of its droplet.
    if (kind === line.kind && identifies(kind, id)) return unmatched('not-found');
  }
  return line.name === null ? unmatched('not-found') : matchByName(line, kind, line.name, inventory);
}

function matchByName(line: CostLine, kind: string, name: string, inventory: Inventory): Found {
  const isMeant = mayBeFor(line, kind, inventory);
  const found = (inventory.byName.get(nameKeyOf(kind, name)) ?? []).filter(isMeant);
  const exact = found.filter((named) => named.name === exactName(name));
  const resources = new Set((exact.length > 0 ? exact : found).map(({ resourceId: id }) => id));
  const [resourceId] = resources;
  if (resourceId !== undefined)
    return resources.size === 1
      ? { resource_id: resourceId, unmatched_reason: null }
      : unmatched('ambiguous');
  const nearest = inventory.nearest(kind, name, isMeant);
  return {
    ...unmatched('not-found'),
    ...(nearest === null ? {} : { nearest: { resource_id: nearest.resourceId, name: nearest.name } }),
  };
}

/**
 * Whether a line may be for a resource that had the name: at that time, and for a snapshot taken of that
 * source.
 */
function mayBeFor(line: CostLine, kind: string, { period }: Inventory): (named: NamedResource) => boolean {
  const start = line.started_at === null ? period.from : Date.parse(line.started_at);
  // A line of no length is about the instant at which it starts.
  const end = Math.max(line.ended_at === null ? period.to : Date.parse(line.ended_at), start + 1);
  const source = kind === 'snapshot' ? snapshotSourceOf(line) : null;
  return ({ from, to, seenUntil, snapshotOf: takenOf }) =>
    from < end &&
    to > start &&
    seenUntil >= start &&
    (source === null || takenOf === null || takenOf === source);
}

/** How many lines of an invoice get a nearest name: the first ones. People read no longer list. */
const mostLookedFor = 500;

function indexOf(candidates: readonly MatchCandidate[], period: LinePeriod | undefined): Inventory {
  const byId = new Map<string, string>();
  const byUniqueId = new Map<string, string>();
  const byNameKey = new Map<string, NamedResource[]>();
  const ofKind = new Map<string, NamedResource[]>();
  for (const candidate of candidates) {
    const { resource_id, provider_id, kind, names, alive_from, alive_to } = candidate;
    byId.set(idKeyOf(kind, provider_id), resource_id);
    if (isUnique(provider_id)) byUniqueId.set(provider_id.toLowerCase(), resource_id);
    for (const { name, from, to } of names) {
      const named: NamedResource = {
        resourceId: resource_id,
        kind,
        name: exactName(name),
        snapshotOf: snapshotOf(candidate),
        from: Math.max(instantOr(from, -Infinity), instantOr(alive_from, -Infinity)),
        to: instantOr(to, Infinity),
        seenUntil: instantOr(alive_to, Infinity),
      };
      listAt(byNameKey, nameKeyOf(kind, name)).push(named);
      listAt(ofKind, kind).push(named);
    }
  }
  const indexes = new Map<string, NameIndex<NamedResource>>();
  let looked = 0;
  return {
    byId,
    byUniqueId,
    byName: byNameKey,
    period: { from: instantOr(period?.from ?? null, -Infinity), to: instantOr(period?.to ?? null, Infinity) },
    nearest(kind, name, isMeant) {
      const ofThisKind = ofKind.get(kind);
      if (ofThisKind === undefined || looked >= mostLookedFor) return null;
      looked += 1;
      const index = indexes.get(kind) ?? indexNames(ofThisKind, (one) => one.name);
      indexes.set(kind, index);
      return index.find(name, isMeant);
    },
  };
}

/**
 * What a snapshot was taken of: as the provider says, else by its id, which is a number for droplets and a
 * uuid for volumes.
 */
function snapshotOf({ kind, snapshot_of, provider_id }: MatchCandidate): SnapshotSource | null {
  if (kind !== 'snapshot') return null;
  const said = snapshot_of?.toLowerCase();
  if (said === 'droplet' || said === 'volume') return said;
  if (!identifies(kind, provider_id)) return null;
  return isUnique(provider_id) ? 'volume' : 'droplet';
}

function listAt<T>(lists: Map<string, T[]>, key: string): T[] {
  const list = lists.get(key) ?? [];
  lists.set(key, list);
  return list;
}

const instantOr = (instant: string | null, otherwise: number): number =>
  instant === null ? otherwise : Date.parse(instant);
