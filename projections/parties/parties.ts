import { keyOfSealed } from '../../src/events/parties.ts';
import { defineProjection, upsert } from '../../src/read-models/projection.ts';
import { customers, erasedKeys, partiesModel, sellers } from './tables.ts';

/** The seller and the customers, by the day from which they stand on documents. */
export const parties = defineProjection(partiesModel, [customers, erasedKeys, sellers], {
  SellerSet: ({ data, position, metadata: { recorded_at } }) =>
    upsert(sellers, { ...data, position, recorded_at }),
  CustomerProfileSet: ({ data, position, metadata: { recorded_at } }) =>
    upsert(customers, { ...data, key_id: keyOfSealed(data.legal_name), position, recorded_at }),
  CustomerErased: ({ data: { tenant_id, key_ids }, metadata: { recorded_at } }) =>
    key_ids.map((key_id) => upsert(erasedKeys, { key_id, tenant_id, erased_at: recorded_at })),
});
