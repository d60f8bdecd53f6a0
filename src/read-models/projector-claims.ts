import { advisoryLocks } from '../database/advisory-locks.ts';
import type { Sql } from '../database/db.ts';
import type { Projection } from './projection.ts';

/** A projection that this process feeds, and its journal position. */
export interface Checkpoint {
  projection: Projection;
  position: number;
}

/**
 * The projections that this process feeds. An advisory lock for each version of each: nodes of two releases
 * feed their own versions side by side, and share out those that both have.
 */
export interface Claims {
  /**
   * Claims the projections that no other process feeds.
   * @param fed those that are fed already
   * @returns those to be fed as well: newly claimed, or rebuilt after they were parked
   */
  join(fed: readonly Checkpoint[]): Promise<Checkpoint[]>;
  /** Gives all claims up. */
  release(): Promise<void>;
}

const keyOf = ({ name, version }: Projection): string => `${name} ${version}`;

/** @param locks the session that holds the locks */
export function createClaims(sql: Sql, locks: Sql, projections: readonly Projection[]): Claims {
  const held = new Set<string>();

  async function claimFree(): Promise<string[]> {
    const wanted = projections.map(keyOf).filter((key) => !held.has(key));
    if (wanted.length === 0) return [];
    const rows = await locks<{ key: string }[]>`
      select key from unnest(${wanted}::text[]) as k(key)
      where pg_try_advisory_lock(${advisoryLocks.projectionSpace}, hashtext(key))`;
    for (const { key } of rows) held.add(key);
    return rows.map(({ key }) => key);
  }

  return {
    async join(fed) {
      const claimed = await claimFree();
      // A parked projection is tried again when a process begins to feed it: the fault may be mended.
      if (claimed.length > 0)
        await sql`
          update projection_checkpoints set status = 'live', error = null
          where name || ' ' || version = any(${claimed}) and status = 'parked'`;
      const missing = projections.filter(
        (projection) => held.has(keyOf(projection)) && !fed.some((entry) => entry.projection === projection),
      );
      if (missing.length === 0) return [];
      const rows = await sql<{ key: string; position: number }[]>`
        select name || ' ' || version as key, position from projection_checkpoints
        where status = 'live' and name || ' ' || version = any(${missing.map(keyOf)})`;
      const at = new Map(rows.map(({ key, position }) => [key, position]));
      return missing.flatMap((projection) => {
        const position = at.get(keyOf(projection));
        return position === undefined ? [] : [{ projection, position }];
      });
    },
    async release() {
      const keys = [...held];
      held.clear();
      if (keys.length > 0)
        await locks`
          select pg_advisory_unlock(${advisoryLocks.projectionSpace}, hashtext(key))
          from unnest(${keys}::text[]) as k(key)`.catch(() => undefined);
    },
  };
}
