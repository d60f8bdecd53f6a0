import { money } from '../pricing/amount-text.ts';
import { mostMonthCents } from '../pricing/billable.ts';
import { refuseField } from '../ledger/refusal.ts';
import { centsOf } from './form-body.ts';
import type { Tried } from './or-refusal.ts';

/** Why what was typed is no amount to pay or to give back; null: it is one. */
function faultOf(text: string, cents: number | null): string | null {
  if (text.trim() === '') return 'has to be filled in';
  if (cents === null) return 'expected an amount such as 78.23';
  if (cents < 1) return 'has to be above zero';
  return cents > mostMonthCents ? `is too large: at most ${money(mostMonthCents)}` : null;
}

/** The cents of an amount as it was typed, for a parameter of the API; or why it is none. */
export function typedAmount(text: string): Tried<string> {
  const cents = centsOf(text);
  const fault = faultOf(text, cents);
  return fault === null
    ? { answer: String(cents), refusal: null }
    : { answer: null, refusal: refuseField('amount_cents', fault) };
}
