import { defineTable } from '../../src/read-models/projection.ts';

export const partiesModel = { name: 'parties', version: 1 };

/**
 * Every profile of a customer, by the day from which it stands; the latest one set for a day replaces the
 * others. Personal fields are sealed; `key_id` sealed them all.
 */
export const customers = defineTable(partiesModel, {
  name: 'customers',
  columns: {
    tenant_id: 'text',
    effective_from: 'date',
    position: 'bigint',
    key_id: 'text',
    net_days: 'bigint',
    locale: 'text?',
    legal_name: 'text',
    trading_name: 'text?',
    tax_id: 'text?',
    address: 'text',
    emails: 'text',
    contact: 'text?',
    po_number: 'text?',
    recorded_at: 'timestamptz',
  },
  key: ['tenant_id', 'effective_from'],
});

/** Keys whose destruction is recorded: what they sealed reads `erased` from then on. */
export const erasedKeys = defineTable(partiesModel, {
  name: 'erased_keys',
  columns: { key_id: 'text', tenant_id: 'text', erased_at: 'timestamptz' },
  key: ['key_id'],
  indexes: [['tenant_id']],
});

/** Every seller, by the day from which it stands; the latest one set for a day replaces the others. */
export const sellers = defineTable(partiesModel, {
  name: 'sellers',
  columns: {
    effective_from: 'date',
    position: 'bigint',
    legal_name: 'text',
    tax_id: 'text',
    address: 'jsonb',
    email: 'text',
    phone: 'text?',
    bank: 'jsonb',
    invoice_prefix: 'text',
    footer: 'text?',
    recorded_at: 'timestamptz',
  },
  key: ['effective_from'],
});
