import type { Db } from '../../src/database/db.ts';
import { corrections, documentNumbers, invoiceIssues } from './tables.ts';

/** What is wrong with a number, in words. */
export interface NumberFault {
  /** The series' stream, such as `invoice-numbers-2026`. */
  series: string;
  /** The number as it stands on the document. */
  number: string;
  fault: string;
}

/** How many numbers there are in so many series, and what is wrong with them. */
export interface VerifiedNumbers {
  series: number;
  numbers: number;
  faults: NumberFault[];
}

/**
 * Checks that each series counts from 1 without gap or double, in the order of the issues, in the year of the
 * issue, and that no number stands on two documents.
 */
export async function verifyNumbers(db: Db): Promise<VerifiedNumbers> {
  const numbered = db`
    select n.subject_id, n.series, n.no, n.number, s.position, s.issued_at,
      lag(n.no, 1, 0::bigint) over places as no_before,
      lag(s.position) over places as position_before,
      count(*) over (partition by n.number) as bearers
    from ${db(documentNumbers.ref)} n
    left join (
      select invoice_id as id, position, issued_at from ${db(invoiceIssues.ref)} where issue_no = 1
      union all
      select id, position, issued_at from ${db(corrections.ref)}) s on s.id = n.subject_id
    window places as (partition by n.series order by n.no, n.subject_id)`;
  const faults = await db<NumberFault[]>`
    select series, number, case
        when position is null then 'its document was never issued'
        when bearers > 1 then 'it stands on ' || bearers || ' documents'
        when no <> no_before + 1 then 'the number before it in its series is ' || no_before
        when position < position_before then 'its document was issued before that of the number before it'
        else 'its document was issued on ' || (issued_at at time zone 'UTC')::date end as fault
    from (${numbered}) numbered
    where position is null or bearers > 1 or no <> no_before + 1 or position < position_before
      or series not like '%-numbers-' || extract(year from issued_at at time zone 'UTC')
    order by series, no`;
  const [count] = await db<{ series: number; numbers: number }[]>`
    select count(distinct series) as series, count(*) as numbers from ${db(documentNumbers.ref)}`;
  return { series: 0, numbers: 0, ...count, faults: [...faults] };
}
