// The library with all repairs of this folder: the one place that opens a pool.
//
// Upstream: postgres 3.4.9, as in the other files
// Needed: test/database/connection.test.ts
// May go when: the other files have gone.
import postgres from 'postgres';
import type { ServerTarget, Sql } from '../db.ts';
import { arrayTypes } from './array-types.ts';
import { endInTime } from './end-timeout.ts';
import { noDelaySockets, type Address } from './no-delay.ts';
import { dropFatalErrors, dropStaleErrors } from './stale-error.ts';
import { dropStaleRows } from './stale-rows.ts';
import { sendStartupAlone, startupPadding } from './stuck-timer.ts';
import { guardTransactions } from './transaction-after-close.ts';
import { closeInTwoSteps } from './two-step-close.ts';

/** As `postgres`, repaired. `end` waits at most five seconds, unless it is called with another limit. */
export function repairedPostgres(
  target: string | ServerTarget,
  options: postgres.Options<Record<string, postgres.PostgresType>>,
): Sql {
  const open = noDelaySockets();
  const repaired = {
    ...options,
    types: { ...options.types, ...arrayTypes },
    fetch_types: false,
    socket: (parsed: Address) => sendStartupAlone(closeInTwoSteps(dropFatalErrors(open(parsed)))),
    connection: { ...options.connection, options: startupPadding },
  };
  const sql = typeof target === 'string' ? postgres(target, repaired) : postgres({ ...repaired, ...target });
  return endInTime(guardTransactions(dropStaleErrors(dropStaleRows(sql))));
}
