import { expect } from 'chai';
import { eraseCustomer } from '../../../../commands/parties/erase-customer.ts';
import { given } from '../../../support/commands/command-spec.ts';
import { customerErased, profileSet } from '../../../support/commands/party-events.ts';

const erase = (key_ids: string[], documents_until: string | null = null) => ({
  tenant_id: 'acme',
  key_ids,
  documents_until,
});

describe('erase-customer', () => {
  it("records the tenant's keys, and until when its documents are kept", () => {
    const erased = customerErased(['key-1'], { documents_until: '2031-05-09' });
    const result = given(eraseCustomer, [profileSet()])
      .when(erase(['key-1'], '2031-05-09'), undefined)
      .then([erased]);
    expect(result).to.deep.equal(erased.data);
  });

  it('records the keys of a tenant without a profile, such as of payments', () => {
    given(eraseCustomer)
      .when(erase(['key-1']), undefined)
      .then([customerErased(['key-1'])]);
  });

  it("records the profile's key where the key ring has lost it", () => {
    given(eraseCustomer, [profileSet()])
      .when(erase([]), undefined)
      .then([customerErased(['key-1'])]);
  });

  it('records a new key after an erasure', () => {
    given(eraseCustomer, [profileSet(), customerErased(['key-1']), profileSet({}, 'key-2')])
      .when(erase(['key-2']), undefined)
      .then([customerErased(['key-2'])]);
  });
});
