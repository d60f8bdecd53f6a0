/** A seller and customers, as requests set them. */
import type { TestLedger } from '../ledger/test-ledger.ts';
import { ok, type Json } from './api.ts';

/** A seller that is complete. */
export const seller = (changes: Json = {}): Json => ({
  legal_name: 'Example Cloud Pty Ltd',
  tax_id: '51 824 753 556',
  address: { lines: ['1 Example Street'], city: 'Sydney', region: 'NSW', postcode: '2000', country: 'AU' },
  email: 'accounts@example.com',
  phone: null,
  bank: { name: 'Example Bank', account_name: 'Example Cloud', bsb: '062000', account_number: '12345678' },
  invoice_prefix: 'EX',
  footer: null,
  ...changes,
});

/** A profile that is complete. */
export const profile = (changes: Json = {}): Json => ({
  legal_name: 'Customer Pty Ltd',
  address: { lines: ['2 Market Road'], city: 'Perth', region: 'WA', postcode: '6000', country: 'AU' },
  emails: { billing: ['billing@customer.example'] },
  ...changes,
});

/** Sets the seller. */
export const setSeller = (ledger: TestLedger, changes: Json = {}): Promise<Json> =>
  ok(ledger.api.put('seller', seller(changes)));

/** Sets a tenant's profile. */
export const setCustomer = (ledger: TestLedger, tenantId: string, changes: Json = {}): Promise<Json> =>
  ok(ledger.api.put(`customers/${tenantId}`, profile(changes)));
