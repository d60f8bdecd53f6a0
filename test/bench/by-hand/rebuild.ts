import type { Sql, Transaction } from '../../../src/database/db.ts';
import { copyIn } from '../../../src/database/postgres-repairs/copy-in.ts';
import { bareDefinitionOf } from '../../../src/read-models/define-tables.ts';
import type { Table } from '../../../src/read-models/projection.ts';
import type { meteredEvent } from '../metered-usage.ts';

const schema = 'by_hand';
/** Characters that one COPY sends. */
const CHUNK = 1 << 21;

/** A table that is filled by COPY without keys; they follow when it is full. */
async function openTable(tx: Transaction, table: Table) {
  const { create, key, indexes } = bareDefinitionOf({ ...table, schema, ref: `${schema}.${table.name}` });
  await tx.unsafe(create);
  const statement = `copy ${schema}.${table.name} from stdin`;
  let sending: Promise<unknown> = Promise.resolve();
  let text = '';
  let rows = 0;
  /** Sends what there is, once what was sent before has been taken. */
  const send = async () => {
    const chunk = text;
    text = '';
    await sending;
    sending = copyIn(tx, statement, [chunk]);
  };
  return {
    add(line: string): Promise<void> | undefined {
      text += line;
      rows += 1;
      return text.length < CHUNK ? undefined : send();
    },
    async finish(): Promise<number> {
      await send();
      await sending;
      for (const definition of [key, ...indexes]) await tx.unsafe(definition);
      await tx.unsafe(`analyze ${schema}.${table.name}`);
      return rows;
    },
  };
}

/** A line of the journal's COPY as its fields. */
const fieldsOf = (line: string): string[] =>
  line.split('\t').map((field) => (field.includes('\\') ? field.replaceAll('\\\\', '\\') : field));

/**
 * The rebuild of metered usage by hand: COPY of the journal out, each event parsed, COPY of records, days and
 * sets into new tables, their keys and indexes, ANALYZE, and a rename. Each table has a transaction of its
 * own.
 * @param pool connections for three transactions and a statement at once
 * @param reader a connection that ends with the copy: the library may leave it paused, deaf to answers
 * @returns how many rows each table has
 */
export async function rebuildByHand(
  pool: Sql,
  reader: Sql,
  tables: { records: Table; days: Table; sets: Table },
): Promise<Record<keyof typeof tables, number>> {
  await pool.unsafe(`drop schema if exists ${schema} cascade; drop schema if exists ${schema}_live cascade`);
  await pool.unsafe(`create schema ${schema}`);
  const inTable = <T>(table: Table, work: (open: Awaited<ReturnType<typeof openTable>>) => Promise<T>) =>
    pool.begin(async (tx) => work(await openTable(tx, table)));
  const counts = await inTable(tables.records, (records) =>
    inTable(tables.sets, (sets) =>
      inTable(tables.days, async (days) => {
        const held = new Map<string, string>();
        const journal = await reader
          .unsafe(
            `copy (select position, data, metadata from journal where type = 'UsageMetered'
              order by position) to stdout`,
          )
          .readable();
        let rest = '';
        for await (const chunk of journal as AsyncIterable<Buffer>) {
          // The events of the bench are ASCII, so no character is cut in two.
          const lines = (rest + chunk.toString('latin1')).split('\n');
          rest = lines.pop() ?? '';
          for (const line of lines) {
            const [position, data = '', metadata = ''] = fieldsOf(line);
            const event = JSON.parse(data) as ReturnType<typeof meteredEvent>;
            const { deployment_id, day, set_no, tenant_id } = event;
            for (const { resource_id, resource_kind, granularity, hour, qty } of event.observations) {
              const row = [
                deployment_id,
                day,
                set_no,
                resource_id,
                resource_kind,
                granularity,
                hour ?? -1,
                qty,
              ];
              const drained = records.add(`${row.join('\t')}\n`);
              if (drained !== undefined) await drained;
            }
            if (event.part < event.parts) continue;
            const { recorded_at } = JSON.parse(metadata) as { recorded_at: string };
            await sets.add(`${[deployment_id, day, set_no, tenant_id, position, recorded_at].join('\t')}\n`);
            held.set(
              `${deployment_id} ${day}`,
              `${[deployment_id, day, tenant_id, set_no, position, recorded_at].join('\t')}\n`,
            );
          }
        }
        for (const line of held.values()) await days.add(line);
        const [ofRecords, ofSets, ofDays] = await Promise.all([
          records.finish(),
          sets.finish(),
          days.finish(),
        ]);
        return { records: ofRecords, sets: ofSets, days: ofDays };
      }),
    ),
  );
  await pool.unsafe(`alter schema ${schema} rename to ${schema}_live`);
  return counts;
}
