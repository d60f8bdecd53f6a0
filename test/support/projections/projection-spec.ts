import { expect } from 'chai';
import type { Projection, RowOp, Table } from '../../../src/read-models/projection.ts';
import type { EventMetadata } from '../../../src/events/define.ts';
import { eventSchemas, type LedgerEvent, type RecordedLedgerEvent } from '../../../src/events/index.ts';

const metadata: EventMetadata = {
  actor: { sub: 'admin-1', tenant_id: 'platform-admin', roles: ['platform_admin'] },
  correlation_id: 'correlation',
  causation_id: 'causation',
  command: 'test',
  schema_version: 1,
  recorded_at: '2026-05-01T00:00:00.000Z',
};

/** A recorded event for a projection's spec; positions count up from 1 unless given. */
export function recorded(
  event: LedgerEvent,
  at: { position?: number; stream?: string; revision?: number; recorded_at?: string } = {},
): RecordedLedgerEvent {
  eventSchemas[event.type].parse(event.data);
  return {
    id: `00000000-0000-5000-8000-${String(at.position ?? 1).padStart(12, '0')}`,
    stream: at.stream ?? 'stream',
    revision: at.revision ?? 0,
    position: at.position ?? 1,
    type: event.type,
    data: event.data,
    metadata: {
      ...metadata,
      recorded_at: at.recorded_at ?? metadata.recorded_at,
      ...(event.effective_at === undefined ? {} : { effective_at: event.effective_at }),
    },
  } as RecordedLedgerEvent;
}

type Rows = Map<string, Record<string, unknown>>;

/**
 * Applies row operations to tables in memory, by their definition: the reference that the bulk writer must
 * equal.
 */
export function applyOps(tables: Map<string, Rows>, ops: readonly RowOp[]): void {
  for (const op of ops) {
    const rows = tables.get(op.table.ref) ?? new Map<string, Record<string, unknown>>();
    tables.set(op.table.ref, rows);
    const source = op.op === 'upsert' ? op.row : op.key;
    const key = JSON.stringify(op.table.key.map((column) => source[column]));
    if (op.op === 'upsert') rows.set(key, { ...op.row });
    else if (op.op === 'remove') rows.delete(key);
    else if (rows.has(key)) rows.set(key, { ...rows.get(key), ...op.changes });
  }
}

/**
 * Runs a projection over events, each delivered `times` times, and returns its tables' rows, sorted by key.
 */
export function project(
  projection: Projection,
  events: readonly LedgerEvent[] | readonly RecordedLedgerEvent[],
  times = 1,
): (table: Table | { ref: string }) => Record<string, unknown>[] {
  const tables = new Map<string, Rows>();
  events.forEach((event, index) => {
    const full = 'position' in event ? event : recorded(event, { position: index + 1 });
    const handler = projection.on[full.type] as
      | ((event: RecordedLedgerEvent) => RowOp | readonly RowOp[])
      | undefined;
    for (let n = 0; n < times && handler !== undefined; n++) applyOps(tables, [handler(full)].flat());
  });
  return (table) =>
    [...(tables.get(table.ref) ?? new Map<string, Record<string, unknown>>()).entries()]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([, row]) => row);
}

/** As {@link project}, and proves that delivering each event twice ends in the same rows. */
export function projectTwice(
  projection: Projection,
  events: readonly LedgerEvent[] | readonly RecordedLedgerEvent[],
) {
  const once = project(projection, events);
  const twice = project(projection, events, 2);
  for (const table of projection.tables) expect(twice(table), table.name).to.deep.equal(once(table));
  return once;
}
