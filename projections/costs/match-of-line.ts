import type { Db, Fragment } from '../../src/database/db.ts';
import { costMatches } from './tables.ts';

/**
 * The match of a line `l` of an invoice `p`, for a lateral join: one look-up by the whole key. A plain join
 * is planned before the tables of a large invoice have statistics, and read all matches for each line. The
 * `offset` keeps the planner from turning this into a plain join.
 */
export function matchOfLine(db: Db): Fragment {
  return db`(
    select * from ${db(costMatches.ref)} c
    where c.invoice_uuid = p.uuid and c.matches_hash = p.matches_hash and c.line_no = l.line_no offset 0)`;
}

/**
 * The last UTC day that a line `l` of an invoice `p` covers. An end at midnight belongs to the day before. A
 * line of no length covers the day on which it starts, a line without an end covers the month.
 */
export function lastDayOfLine(db: Db): Fragment {
  return db`
    case
      when l.ended_at is null then (p.period + interval '1 month' - interval '1 day')::date
      else (greatest(l.ended_at - interval '1 millisecond', l.started_at) at time zone 'UTC')::date
    end`;
}
