import { addDays } from './calendar.ts';

/** Days to pay where a customer has no terms of its own (spec 17). */
export const defaultNetDays = 14;

/** The last day to pay what was issued on a day. */
export function dueOn(issuedOn: string, netDays: number = defaultNetDays): string {
  return addDays(issuedOn, netDays);
}
