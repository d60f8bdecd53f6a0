/** The close of April 2026. */
import type { CloseMonth } from '../../../commands/invoicing/close-month.ts';
import type { RollupEvent } from '../../../src/events/invoicing.ts';

const april = { period: '2026-04-01', forced: false, reason: null, blocked_by: [] };

export const closeInput = (changes: Partial<CloseMonth> = {}): CloseMonth => ({
  ...april,
  unless_rolled_up: false,
  ...changes,
});

export const closed = (changes: Partial<Omit<CloseMonth, 'unless_rolled_up'>> = {}): RollupEvent => ({
  type: 'MonthClosed',
  data: { ...april, ...changes },
});

export const byForce = { forced: true, reason: 'the seller follows', blocked_by: ['seller', 'profiles'] };
