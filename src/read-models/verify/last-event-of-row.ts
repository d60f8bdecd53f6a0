import { storedText } from '../../database/pg-array.ts';
import type { RecordedEvent } from '../../events/define.ts';
import type { Projection, Table } from '../projection.ts';
import { rowOpsOf } from '../row-ops.ts';
import type { RowDifference } from './compare-tables.ts';

/** The event that a row was last written by. */
export interface LastEvent {
  position: number;
  stream: string;
  revision: number;
  type: string;
  id: string;
}

/** Finds the last event that wrote each differing row; a row without one is absent. */
export async function lastEventsOfRows(
  projections: readonly Projection[],
  differences: readonly RowDifference[],
  pages: AsyncIterable<readonly RecordedEvent[]>,
): Promise<Map<RowDifference, LastEvent>> {
  const wanted = new Map<string, RowDifference>(
    differences.map((difference) => [nameOf(difference.table, difference.key), difference]),
  );
  const lastEvents = new Map<RowDifference, LastEvent>();
  const opsOfEach = projections.map(rowOpsOf);
  for await (const page of pages) {
    for (const event of page) {
      for (const opsOf of opsOfEach) {
        for (const op of opsOf(event)) {
          const difference = wanted.get(
            nameOf(op.table.ref, keyOf(op.table, op.op === 'upsert' ? op.row : op.key)),
          );
          if (difference !== undefined)
            lastEvents.set(difference, {
              position: event.position,
              stream: event.stream,
              revision: event.revision,
              type: event.type,
              id: event.id,
            });
        }
      }
    }
  }
  return lastEvents;
}

function keyOf(table: Table, values: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(table.key.map((name) => [name, values[name]]));
}

/** Names a row by table and key, as the database keeps the key. */
function nameOf(table: string, key: Record<string, unknown>): string {
  return JSON.stringify([table, ...Object.values(key).map((value) => storedText(String(value)))]);
}
