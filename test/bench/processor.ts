import { readFileSync } from 'node:fs';
import type { Sql } from '../../src/database/db.ts';

/** Microseconds of processor that a process of this machine has taken, by Linux; 0 once it has ended. */
export function processorOf(pid: number): number {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
    return (Number(fields[11]) + Number(fields[12])) * 10_000;
  } catch {
    return 0;
  }
}

/** The processor that each session and process of the server has taken, by process id. */
export async function processorOfServer(sql: Sql): Promise<Map<number, number>> {
  const rows = await sql<{ pid: number }[]>`select pid from pg_stat_activity`;
  return new Map(rows.map(({ pid }) => [pid, processorOf(pid)]));
}

/** Counts work and the processor that this process and PostgreSQL take for it. */
export function countProcessor(sql: Sql) {
  let done = 0;
  let microseconds = 0;
  const taken = async () => {
    const { user, system } = process.cpuUsage();
    return [...(await processorOfServer(sql)).values()].reduce((sum, each) => sum + each, user + system);
  };
  return {
    /** Runs a work of so many units, to its end. */
    async during<T>(units: number, work: () => Promise<T>): Promise<T> {
      const before = await taken();
      const result = await work();
      microseconds += (await taken()) - before;
      done += units;
      return result;
    },
    /** Units of all works for each second of processor. */
    perSecond: () => done / (microseconds / 1e6),
  };
}
