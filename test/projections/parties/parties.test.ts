import { expect } from 'chai';
import { parties } from '../../../projections/parties/parties.ts';
import { customers, erasedKeys, sellers } from '../../../projections/parties/tables.ts';
import { customerErased, profileSet, sellerSet } from '../../support/commands/party-events.ts';
import { projectTwice, recorded } from '../../support/projections/projection-spec.ts';

describe('parties projection', () => {
  it('keeps the last seller of each day', () => {
    const rows = projectTwice(parties, [
      recorded(sellerSet(), { position: 1 }),
      recorded(sellerSet({ phone: '1' }), { position: 2 }),
      recorded(sellerSet({ effective_from: '2026-06-01' }), { position: 3 }),
    ]);
    expect(rows(sellers).map((row) => [row['effective_from'], row['phone'], row['position']])).to.deep.equal([
      ['2026-05-01', '1', 2],
      ['2026-06-01', null, 3],
    ]);
  });

  it('keeps the last profile of each tenant and day, sealed, and the keys that were erased', () => {
    const rows = projectTwice(parties, [
      recorded(profileSet(), { position: 1 }),
      recorded(profileSet({ net_days: 30 }), { position: 2 }),
      recorded(customerErased(['key-1', 'key-0']), { position: 3, recorded_at: '2026-05-02T00:00:00.000Z' }),
      recorded(profileSet({ effective_from: '2026-05-03' }, 'key-2'), { position: 4 }),
    ]);
    expect(
      rows(customers).map((row) => [
        row['effective_from'],
        row['net_days'],
        row['key_id'],
        row['legal_name'],
      ]),
    ).to.deep.equal([
      ['2026-05-01', 30, 'key-1', 'sealed:1:key-1:name'],
      ['2026-05-03', 14, 'key-2', 'sealed:1:key-2:name'],
    ]);
    expect(rows(erasedKeys)).to.have.deep.members(
      ['key-0', 'key-1'].map((key_id) => ({
        key_id,
        tenant_id: 'acme',
        erased_at: '2026-05-02T00:00:00.000Z',
      })),
    );
  });
});
