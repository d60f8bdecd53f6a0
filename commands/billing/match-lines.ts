import type { CostLine, CostLineMatch } from '../../src/events/billing.ts';
import { identifies, isUnique, matchKind } from './provider-ids.ts';

/** A resource that a line may mean: what it was called, and from when until when it was there (instants; null: open). */
export interface MatchCandidate {
  resource_id: string;
  provider_id: string;
  kind: string;
  names: readonly { name: string; from: string | null; to: string | null }[];
  alive_from: string | null;
  /** The last instant at which it was seen. */
  alive_to: string | null;
}

/** One name of a resource, in milliseconds: borne from `from` (inclusive) to `to` (exclusive), seen until `seenUntil`. */
interface Bearer {
  resourceId: string;
  from: number;
  to: number;
  seenUntil: number;
}

type Found = Pick<CostLineMatch, 'resource_id' | 'unmatched_reason'>;

const unmatched = (reason: CostLineMatch['unmatched_reason']): Found => ({ resource_id: null, unmatched_reason: reason });
const keyOf = (kind: string, name: string): string => `${kind}\n${name.toLowerCase()}`;

/**
 * Says of each line which resource it is for (spec 4).
 *
 * A line whose JSON form names a resource by the id of its kind is that resource's or nobody's: a namesake is another
 * machine. All others go by (kind, name) in any case, among those whose life overlaps the line's time under the name
 * they then bore, gone ones included. Two or more leave the line unmatched, as `ambiguous`.
 */
export function matchLines(lines: readonly CostLine[], candidates: readonly MatchCandidate[]): CostLineMatch[] {
  const inventory = indexOf(candidates);
  return lines.map((line) => ({ line_no: line.line_no, ...matchOf(line, inventory) }));
}

interface Inventory {
  /** By kind and provider id. */
  byId: ReadonlyMap<string, string>;
  /** By provider id alone, for ids that are unique among all kinds. */
  byUniqueId: ReadonlyMap<string, string>;
  bearers: ReadonlyMap<string, readonly Bearer[]>;
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
    const byId = inventory.byId.get(keyOf(kind, id));
    if (byId !== undefined) return { resource_id: byId, unmatched_reason: null };
    // The id of a backup line may be the backup's own, which says nothing about its droplet.
    if (kind === line.kind && identifies(kind, id)) return unmatched('not-found');
  }
  return line.name === null ? unmatched('not-found') : byName(line, keyOf(kind, line.name), inventory);
}

function byName(line: CostLine, key: string, { bearers }: Inventory): Found {
  const start = line.started_at === null ? -Infinity : Date.parse(line.started_at);
  // A line without extent is about the instant at which it starts.
  const end = line.ended_at === null ? Infinity : Math.max(Date.parse(line.ended_at), start + 1);
  const found = new Set<string>();
  for (const bearer of bearers.get(key) ?? []) {
    if (bearer.from < end && bearer.to > start && bearer.seenUntil >= start) found.add(bearer.resourceId);
  }
  const [resourceId] = found;
  if (resourceId === undefined) return unmatched('not-found');
  return found.size === 1 ? { resource_id: resourceId, unmatched_reason: null } : unmatched('ambiguous');
}

function indexOf(candidates: readonly MatchCandidate[]): Inventory {
  const byId = new Map<string, string>();
  const byUniqueId = new Map<string, string>();
  const bearers = new Map<string, Bearer[]>();
  for (const { resource_id, provider_id, kind, names, alive_from, alive_to } of candidates) {
    byId.set(keyOf(kind, provider_id), resource_id);
    if (isUnique(provider_id)) byUniqueId.set(provider_id.toLowerCase(), resource_id);
    for (const { name, from, to } of names) {
      const key = keyOf(kind, name);
      const known = bearers.get(key) ?? [];
      known.push({
        resourceId: resource_id,
        from: Math.max(instantOr(from, -Infinity), instantOr(alive_from, -Infinity)),
        to: instantOr(to, Infinity),
        seenUntil: instantOr(alive_to, Infinity),
      });
      bearers.set(key, known);
    }
  }
  return { byId, byUniqueId, bearers };
}

const instantOr = (instant: string | null, otherwise: number): number => (instant === null ? otherwise : Date.parse(instant));
