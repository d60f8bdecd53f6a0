import { Chip } from './values.tsx';

/** How a payment stands, in words. */
export function PaymentState({
  payment: { reversed_on, refunded_cents, amount_cents, unallocated_cents },
}: {
  payment: {
    reversed_on: string | null;
    refunded_cents: number;
    amount_cents: number;
    unallocated_cents: number;
  };
}) {
  if (reversed_on !== null) return <Chip tone="bad">taken back</Chip>;
  if (refunded_cents === amount_cents) return <Chip tone="plain">paid back</Chip>;
  if (refunded_cents > 0) return <Chip tone="warn">partly paid back</Chip>;
  if (unallocated_cents === amount_cents) return <Chip tone="info">in the balance</Chip>;
  return unallocated_cents > 0 ? <Chip tone="info">partly over</Chip> : <Chip tone="good">used</Chip>;
}
