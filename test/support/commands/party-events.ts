/** Events of a seller and of customers, with sealed texts as they are stored. */
import type { CustomerErasure, CustomerProfile } from '../../../commands/parties/customer.ts';
import type { Seller } from '../../../commands/parties/seller.ts';
import type { CustomerEvent, SellerEvent } from '../../../src/events/parties.ts';

export const aSeller = (changes: Partial<Seller> = {}): Seller => ({
  effective_from: '2026-05-01',
  legal_name: 'Skyai Cloud Pty Ltd',
  tax_id: '51824753556',
  address: { lines: ['1 Collins Street'], city: 'Melbourne', region: 'VIC', postcode: '3000', country: 'AU' },
  email: 'billing@skyai.example',
  phone: null,
  bank: {
    name: 'Bank',
    account_name: 'Skyai',
    bsb: '063000',
    account_number: '12345678',
    iban: null,
    bic: null,
  },
  invoice_prefix: 'SKY',
  footer: null,
  ...changes,
});

export const sealedWith = (key: string, text: string): string => `sealed:1:${key}:${text}`;

/** A profile that one key sealed. */
export const aProfile = (changes: Partial<CustomerProfile> = {}, key = 'key-1'): CustomerProfile => ({
  tenant_id: 'acme',
  effective_from: '2026-05-01',
  net_days: 14,
  locale: null,
  legal_name: sealedWith(key, 'name'),
  trading_name: null,
  tax_id: null,
  address: sealedWith(key, 'address'),
  emails: sealedWith(key, 'emails'),
  contact: null,
  po_number: null,
  ...changes,
});

export const sellerSet = (changes: Partial<Seller> = {}): SellerEvent => ({
  type: 'SellerSet',
  data: aSeller(changes),
});

export const profileSet = (changes: Partial<CustomerProfile> = {}, key = 'key-1'): CustomerEvent => ({
  type: 'CustomerProfileSet',
  data: aProfile(changes, key),
});

export const customerErased = (key_ids: string[], changes: Partial<CustomerErasure> = {}): CustomerEvent => ({
  type: 'CustomerErased',
  data: { tenant_id: 'acme', key_ids, documents_until: null, ...changes },
});
