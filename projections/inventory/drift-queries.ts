import type { Db } from '../../src/database/db.ts';
import { drift, driftReverts, resources } from './tables.ts';

/** The states of a drift (spec 5). */
export const driftStatuses = ['open', 'accepted', 'reverted', 'stale'] as const;
export type DriftStatus = (typeof driftStatuses)[number];

/** What a finding is about. */
export interface DriftValues {
  kind: string;
  field: string;
  desired: unknown;
  actual: unknown;
}

/** A drift in the API. */
export interface DriftRow extends DriftValues {
  id: string;
  resource_id: string;
  name: string;
  spec_version: number;
  status: DriftStatus;
  found_at: string;
  updated_at: string;
  closed_at: string | null;
  /** Its latest revert. */
  revert: DriftRevertRow | null;
}

/** A revert of a drift; `left` is what it ended with, and null before. */
export interface DriftRevertRow {
  run_id: string;
  attempt: number;
  status: 'running' | 'reverted' | 'failed';
  step: string | null;
  action_id: number | null;
  reason: string | null;
  left: { status: string | null; size_slug: string | null } | null;
  requested_at: string;
  ended_at: string | null;
}

/**
 * A page of drifts in order of id.
 * @param after the id that the page starts after; null for the first
 */
export function listDrift(
  db: Db,
  status: DriftStatus,
  after: string | null,
  limit: number,
): Promise<DriftRow[]> {
  return db<DriftRow[]>`
    ${driftRows(db)} where d.status = ${status} ${after === null ? db`` : db`and d.id > ${after}`}
    order by d.id limit ${limit}`;
}

/** One drift, whatever its status; null for an unknown one. */
export async function findDrift(db: Db, driftId: string): Promise<DriftRow | null> {
  const [row] = await db<DriftRow[]>`${driftRows(db)} where d.id = ${driftId}`;
  return row ?? null;
}

/** Drifts with the resource that each is of. A condition may follow. */
const driftRows = (db: Db) => db`
    select d.id, d.resource_id, r.kind, r.name, d.field, d.desired, d.actual, d.spec_version, d.status,
      d.found_at, d.updated_at, d.closed_at, (
        select jsonb_build_object('run_id', v.run_id, 'attempt', v.attempt, 'status', v.status,
          'step', v.step, 'action_id', v.action_id, 'reason', v.reason,
          'left', case when v.ended_at is null then null
            else jsonb_build_object('status', v.left_status, 'size_slug', v.left_size_slug) end,
          'requested_at', ${utc(db, 'requested_at')}, 'ended_at', ${utc(db, 'ended_at')})
        from ${db(driftReverts.ref)} v where v.drift_id = d.id order by v.attempt desc limit 1) as revert
    from ${db(drift.ref)} d join ${db(resources.ref)} r on r.id = d.resource_id`;

/** What all drifts of a status are about. */
export function driftValues(db: Db, status: DriftStatus): Promise<DriftValues[]> {
  return db<DriftValues[]>`
    select r.kind, d.field, d.desired, d.actual
    from ${db(drift.ref)} d join ${db(resources.ref)} r on r.id = d.resource_id
    where d.status = ${status} order by d.id`;
}

/** The drifts that are open, and the names of their resources, each once and in order. */
export async function openDrift(db: Db): Promise<{ findings: DriftValues[]; names: string[] }> {
  const findings = await db<(DriftValues & { name: string })[]>`
    select r.kind, r.name, d.field, d.desired, d.actual
    from ${db(drift.ref)} d join ${db(resources.ref)} r on r.id = d.resource_id
    where d.status = 'open' order by r.name, d.id`;
  return { findings, names: [...new Set(findings.map(({ name }) => name))] };
}

/** The resource whose stream has a drift; null for an unknown drift. */
export async function resourceOfDrift(db: Db, driftId: string): Promise<string | null> {
  const [row] = await db<{ resource_id: string }[]>`
    select resource_id from ${db(drift.ref)} where id = ${driftId}`;
  return row?.resource_id ?? null;
}

/** An instant of a revert as the API shows it. */
function utc(db: Db, column: 'requested_at' | 'ended_at') {
  return db`to_char(v.${db(column)} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;
}

/** The resource of a revert, and where it stands; null for an unknown run. */
export async function revertOfRun(
  db: Db,
  runId: string,
): Promise<{ run_id: string; resource_id: string; status: DriftRevertRow['status'] } | null> {
  const [row] = await db<{ run_id: string; resource_id: string; status: DriftRevertRow['status'] }[]>`
    select run_id, resource_id, status from ${db(driftReverts.ref)} where run_id = ${runId}`;
  return row ?? null;
}

/** The runs of reverts that have not ended, oldest first. */
export async function runningReverts(db: Db): Promise<string[]> {
  const rows = await db<{ run_id: string }[]>`
    select run_id from ${db(driftReverts.ref)} where status = 'running' order by requested_at, run_id`;
  return rows.map((row) => row.run_id);
}
