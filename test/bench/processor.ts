// What processes of this machine take of processor and memory. For Linux: it reads /proc.
import { readFileSync } from 'node:fs';
import type { Sql } from '../../src/database/db.ts';

function read(file: string): string | null {
  try {
    return readFileSync(`/proc/${file}`, 'utf8');
  } catch {
    return null;
  }
}

/** The fields of /proc/PID/stat behind the name of the program; empty once the process has ended. */
const statOf = (pid: number): number[] => read(`${pid}/stat`)?.split(') ')[1]?.split(' ').map(Number) ?? [];

const TICK_US = 10_000;

/** Microseconds of processor that a process has taken; 0 once it has ended. */
export function processorOf(pid: number): number {
  const [user = 0, system = 0] = statOf(pid).slice(11);
  return (user + system) * TICK_US;
}

/** The first process of the PostgreSQL server that a pool is connected to. */
export async function serverPidOf(sql: Sql): Promise<number> {
  const [row] = await sql<{ pid: number }[]>`select pg_backend_pid() as pid`;
  const [, parent] = statOf(row?.pid ?? 0);
  if (parent === undefined) throw new Error('the processes of the server can be seen on Linux only');
  return parent;
}

/**
 * Microseconds of processor that a PostgreSQL server has taken: its backends, its workers, and those that
 * have ended.
 * @param pid its first process
 * @throws {Error} where there is no /proc
 */
export function processorOfServer(pid: number): number {
  const children = read(`${pid}/task/${pid}/children`);
  if (children === null) throw new Error('what the server takes of the processor can be read on Linux only');
  const [user = 0, system = 0, ofEndedUser = 0, ofEndedSystem = 0] = statOf(pid).slice(11);
  // Each of its processes has one thread, whose time is known in nanoseconds.
  const running = children
    .split(' ')
    .reduce((sum, child) => sum + Number(read(`${child}/schedstat`)?.split(' ')[0] ?? 0), 0);
  return (user + system + ofEndedUser + ofEndedSystem) * TICK_US + running / 1_000;
}

/** The most memory that this process has had resident, in MB. */
export function mostResidentMb(): number {
  const kilobytes = /^VmHWM:\s+(\d+) kB$/m.exec(read('self/status') ?? '')?.[1];
  return Math.round((Number(kilobytes ?? 0) * 1_024) / 1e6);
}

/** Counts work and the processor that this process and a PostgreSQL server take for it. */
export function countProcessor(serverPid: number) {
  let done = 0;
  let microseconds = 0;
  const taken = (): number => {
    const { user, system } = process.cpuUsage();
    return processorOfServer(serverPid) + user + system;
  };
  return {
    /** Runs a work of so many units, to its end. */
    async during<T>(units: number, work: () => Promise<T>): Promise<T> {
      const before = taken();
      const result = await work();
      microseconds += taken() - before;
      done += units;
      return result;
    },
    /** Units of all works for each second of processor. */
    perSecond: () => done / (microseconds / 1e6),
  };
}
