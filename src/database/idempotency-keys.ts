import type { Sql } from './db.ts';

/** A row of `idempotency_keys`: a claimed request and its answer. */
export interface KeyRow {
  body_hash: string;
  owner: string;
  /** Null while the request is under way. */
  status: number | null;
  body: string | null;
  position: string | null;
}

/** A request's answer, to be kept. */
interface KeptAnswer {
  status: number;
  body: string;
  position: string | null;
}

/** A claim: the request's scope, and the attempt. */
export interface Claim {
  scope: string;
  /** A fresh UUID for each attempt. */
  owner: string;
}

/** The statements on table `idempotency_keys`; times are the database's. */
export interface IdempotencyKeys {
  /**
   * Claims by insert, or takes over a claim with the same content whose lease or owner has ended.
   * @param leaseMs milliseconds until an unrenewed claim is free
   */
  claim(claim: Claim & { bodyHash: string }, leaseMs: number, ended: ReadonlySet<string>): Promise<boolean>;
  find(scope: string): Promise<KeyRow | undefined>;
  renew(claim: Claim, leaseMs: number): Promise<void>;
  /** Ends the lease; the key stays bound to its content. */
  giveBack(claim: Claim): Promise<void>;
  remove(claim: Claim): Promise<void>;
  /** Keeps the answer; false if another owner has the claim. */
  complete(claim: Claim, answer: KeptAnswer): Promise<boolean>;
  /** Deletes keys older than `hours`; returns how many. */
  purge(hours: number): Promise<number>;
}

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
