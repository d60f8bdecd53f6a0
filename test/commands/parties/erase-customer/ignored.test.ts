import { expect } from 'chai';
import { eraseCustomer } from '../../../../commands/parties/erase-customer.ts';
import { given } from '../../../support/commands/command-spec.ts';
import { customerErased, profileSet } from '../../../support/commands/party-events.ts';

describe('erase-customer', () => {
  it('adds nothing where all keys are erased, and answers the last erasure', () => {
    for (const key_ids of [[], ['key-1']]) {
      const result = given(eraseCustomer, [profileSet(), customerErased(['key-1'])])
        .when({ tenant_id: 'acme', key_ids, documents_until: null }, undefined)
        .then([]);
      expect(result.key_ids).to.deep.equal(['key-1']);
    }
  });
});
