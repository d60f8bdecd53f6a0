import { eraseCustomer } from '../../../../commands/parties/erase-customer.ts';
import { given } from '../../../support/commands/command-spec.ts';

describe('erase-customer', () => {
  it('refuses a tenant without personal data', () => {
    given(eraseCustomer)
      .when({ tenant_id: 'unknown', key_ids: [], documents_until: null }, undefined)
      .refused('not-found');
  });
});
