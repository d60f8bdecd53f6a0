import type { Db, Fragment } from '../../src/database/db.ts';
import { deliveries } from './tables.ts';

/** How a delivery stands, for people. */
export const deliveryStatuses = [
  'requested',
  'sending',
  'pending',
  'delivered',
  'partly_delivered',
  'rejected',
  'unknown',
  'given_up',
  'stopped',
] as const;

/** How the issue in force of an invoice was mailed last: as a delivery stands, or `unsent`. */
export const mailStates = ['unsent', ...deliveryStatuses] as const;
export type MailState = (typeof mailStates)[number];

/** The state of a delivery in row `d`: what `deliveryStatus` says of a row, to filter and to count by. */
export const stateOf = (db: Db): Fragment => db`(
  case
    when d.phase in ('requested', 'sending', 'pending') then d.phase
    when d.stopped is not null then 'stopped'
    when d.accepted = d.addresses then 'delivered'
    when d.accepted > 0 then 'partly_delivered'
    when d.bounced = d.addresses then 'rejected'
    when d.outcome = 'unknown' then 'unknown'
    else 'given_up'
  end)`;

/** Joins invoices in rows `i` with the state of their last mailing, `mailed.state`; null: there is none. */
export const mailJoin = (db: Db): Fragment => db`
  left join lateral (
    select ${stateOf(db)} as state from ${db(deliveries.ref)} d
    where d.invoice_id = i.id and d.issue_no = i.issue_no
    order by d.position desc limit 1) mailed on true`;

/** The {@link MailState} of the invoice in row `i`, joined with {@link mailJoin}. */
export const mailOf = (db: Db): Fragment => db`coalesce(mailed.state, 'unsent')`;
