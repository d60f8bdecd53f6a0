import type { Sql } from './db.ts';

/** A row of table `idempotency_keys`: a request that was claimed, and the answer that it was given. */
export interface KeyRow {
  body_hash: string;
  owner: string;
  /** The answer's; null while the request is under way. */
  status: number | null;
  body: string | null;
  position: string | null;
}

/** The answer of a request, to be kept. */
export interface KeptAnswer {
  status: number;
  body: string;
  position: string | null;
}

/** One claim: the request's scope, and who runs it. */
export interface Claim {
  scope: string;
  /** A UUID of its own for each attempt. */
  owner: string;
}

/** The statements on table `idempotency_keys`; times are the database's. */
export interface IdempotencyKeys {
  /**
   * Claims by insert, or takes over a claim of the same content whose lease has run out or whose owner has
   * ended.
   * @param leaseMs milliseconds after which the claim is free if it is not renewed
   */
  claim(claim: Claim & { bodyHash: string }, leaseMs: number, ended: ReadonlySet<string>): Promise<boolean>;
  find(scope: string): Promise<KeyRow | undefined>;
  renew(claim: Claim, leaseMs: number): Promise<void>;
  /** Ends the lease and keeps the key bound to its content: only the same request may claim it. */
  giveBack(claim: Claim): Promise<void>;
  /** Forgets the key. */
  remove(claim: Claim): Promise<void>;
  /** Keeps the answer; false where the claim is another's by now. */
  complete(claim: Claim, answer: KeptAnswer): Promise<boolean>;
  /** Forgets keys that are older than `hours`; answers how many. */
  purge(hours: number): Promise<number>;
}

/** The table in the database that `sql` is connected to. */
export function idempotencyKeys(sql: Sql): IdempotencyKeys {
  const mine = ({ scope, owner }: Claim) =>
    sql`where scope = ${scope} and owner = ${owner} and status is null`;
  return {
    async claim({ scope, owner, bodyHash }, leaseMs, ended) {
      const [claimed] = await sql`
        insert into idempotency_keys as k (scope, body_hash, owner, lease_until)
        values (${scope}, ${bodyHash}, ${owner}, clock_timestamp() + ${leaseMs} * interval '1 millisecond')
        on conflict (scope) do update set owner = excluded.owner, lease_until = excluded.lease_until
          where k.status is null
            and (k.lease_until < clock_timestamp() or k.owner = any(${[...ended]}::uuid[]))
            and k.body_hash = excluded.body_hash
        returning scope`;
      return claimed !== undefined;
    },
    async find(scope) {
      const [row] = await sql<KeyRow[]>`
        select body_hash, owner, status, body, position from idempotency_keys where scope = ${scope}`;
      return row;
    },
    async renew(claim, leaseMs) {
      await sql`
        update idempotency_keys set lease_until = clock_timestamp() + ${leaseMs} * interval '1 millisecond'
        ${mine(claim)}`;
    },
    async giveBack(claim) {
      await sql`update idempotency_keys set lease_until = '-infinity' ${mine(claim)}`;
    },
    async remove(claim) {
      await sql`delete from idempotency_keys ${mine(claim)}`;
    },
    async complete(claim, { status, body, position }) {
      const [kept] = await sql`
        update idempotency_keys
        set status = ${status}, body = ${body}, position = ${position}, completed_at = now()
        ${mine(claim)} returning scope`;
      return kept !== undefined;
    },
    async purge(hours) {
      const gone = await sql`
        delete from idempotency_keys
        where created_at < now() - ${hours} * interval '1 hour'
          and coalesce(completed_at, lease_until) < now() - ${hours} * interval '1 hour'`;
      return gone.count;
    },
  };
}
