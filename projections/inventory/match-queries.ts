import type { Db } from '../../src/database/db.ts';
import { resources, resourceStates } from './tables.ts';

/** A name of a resource, from an instant (null: always) until another (null: still). */
interface NameRange {
  name: string;
  from: string | null;
  to: string | null;
}

/** A resource that an invoice line of the range may be for (spec 4, match to inventory). */
interface CandidateResource {
  resource_id: string;
  provider_id: string;
  kind: string;
  /** What a snapshot was taken of; null where the provider does not say, and for other kinds. */
  snapshot_of: string | null;
  /** Its names in the range, in order of time; the first known name counts back to its creation. */
  names: NameRange[];
  /** Its creation at the provider; null where unknown: it then counts as alive before. */
  alive_from: string | null;
  /** When a sweep last saw it, for one that is gone; null for one that is alive. */
  alive_to: string | null;
}

interface NamedState extends Omit<CandidateResource, 'names'> {
  name: string;
  at: string;
}

/**
 * Every resource whose life overlaps `[from, to)`, stale ones included, with its names in that time, and
 * those with one of these ids of the provider, whenever they lived. Ordered by kind and id.
 * @param from instant, inclusive
 * @param to instant, exclusive
 * @param ids compared without case
 */
export async function matchCandidates(
  db: Db,
  from: string,
  to: string,
  ids: readonly string[] = [],
): Promise<CandidateResource[]> {
  const states = await db<NamedState[]>`
    with lives as (
      select r.id, r.provider_id, r.kind, r.created_at as alive_from,
        case when r.kind = 'snapshot' then r.attrs ->> 'resource_type' end as snapshot_of,
        case when r.stale then coalesce(r.last_sighted_at, r.missing_since, r.stale_at) end as alive_to
      from ${db(resources.ref)} r
    )
    select l.id as resource_id, l.provider_id, l.kind, l.snapshot_of, l.alive_from, l.alive_to, s.name, s.at
    from lives l join ${db(resourceStates.ref)} s on s.resource_id = l.id and not s.gone
    where (l.alive_from is null or l.alive_from < ${to}::timestamptz)
      and (l.alive_to is null or l.alive_to >= ${from}::timestamptz)
      or lower(l.provider_id) = any(${ids.map((id) => id.toLowerCase())}::text[])
    order by l.kind, l.id, s.at, s.position`;
  const byResource = new Map<string, NamedState[]>();
  for (const state of states) {
    const known = byResource.get(state.resource_id);
    if (known === undefined) byResource.set(state.resource_id, [state]);
    else known.push(state);
  }
  return [...byResource.values()].map((list) =>
    candidateOf(list, new Date(from).toISOString(), new Date(to).toISOString()),
  );
}

function candidateOf(states: readonly NamedState[], from: string, to: string): CandidateResource {
  const { resource_id, provider_id, kind, snapshot_of, alive_from, alive_to } = states[0] as NamedState;
  return {
    resource_id,
    provider_id,
    kind,
    snapshot_of,
    alive_from,
    alive_to,
    names: namesOf(states).filter(
      (name) => (name.from === null || name.from < to) && (name.to === null || name.to > from),
    ),
  };
}

/** Successive names, equal neighbours merged. The first has no beginning, the last no end. */
function namesOf(states: readonly NamedState[]): NameRange[] {
  const names: NameRange[] = [];
  for (const { name, at } of states) {
    const last = names.at(-1);
    if (last?.name === name) continue;
    if (last !== undefined) last.to = at;
    names.push({ name, from: last === undefined ? null : at, to: null });
  }
  return names;
}
