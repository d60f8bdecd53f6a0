/** An invoice in plain words: its days, amounts and events. */
import { shiftDecimal } from '../../pricing/decimals.ts';
import { money } from '../../pricing/amount-text.ts';
import { grouped } from '../parts/values.tsx';

/** The month of an invoice: `April 2026` stands beside its days. */
export const daysOf = ({ period_start, period_end }: { period_start: string; period_end: string }): string =>
  `${period_start} to ${period_end}`;

/** An exact amount in cents, with all its digits: `642.2` is `6.422`. */
export function exactMoney(cents: string | number): string {
  const text = String(cents);
  if (/^-?\d+$/.test(text) && text.length < 15) return money(Number.parseInt(text, 10));
  const shifted = shiftDecimal(text, 2);
  return grouped(shifted);
}

/** `GST 10 %` of `0.1`. */
export const percentOf = (rate: string): string => `${grouped(shiftDecimal(rate, -2))} %`;

const eventWords: Readonly<Record<string, string>> = {
  TaxRateSet: 'tax rate set',
  SubscriptionStarted: 'subscription started',
  SubscriptionPaused: 'subscription paused',
  SubscriptionResumed: 'subscription resumed',
  SubscriptionCancelled: 'subscription cancelled',
  PlanVersionChanged: 'plan changed',
  PlanVersionDrafted: 'terms drafted',
  AddonAttached: 'addon attached',
  AddonDetached: 'addon detached',
  ResourcePriceSet: 'price set',
  ChargeAdded: 'charge added',
  InvoiceIssued: 'invoice issued',
};

/** The type of an event in words. */
export const eventInWords = (type: string): string =>
  eventWords[type] ?? type.replaceAll(/(?<!^)([A-Z])/g, ' $1').toLowerCase();
