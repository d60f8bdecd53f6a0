// What a step of the growing ledger takes of processor and memory. For Linux: it reads /proc.
import { readFileSync } from 'node:fs';

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
