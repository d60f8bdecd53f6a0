import { expect } from 'chai';
import { customerFields } from '../../../commands/parties/customer-fields.ts';
import { commands } from '../../../src/processes/commands.ts';
import { finishErasures } from '../../../src/processes/parties/erase-customer.ts';
import { setCustomer } from '../../../src/processes/parties/set-customer.ts';
import { ok } from '../../support/http/api.ts';
import { startTestLedger, type TestLedger } from '../../support/ledger/test-ledger.ts';
import { customerBody } from '../../support/parties/party-bodies.ts';

/** A crash came after the event and before the keys were destroyed. */
describe('an erasure that a crash left unfinished', () => {
  let ledger: TestLedger;
  let keys: string[];
  const read = async () => (await ok(ledger.api.get('customers/acme'))).data.legal_name;

  beforeEach(async () => {
    ledger = await startTestLedger();
    await ok(ledger.api.put('customers/acme', customerBody));
    keys = await ledger.processDeps.personal.keysOf('acme');
    const input = { tenant_id: 'acme', key_ids: keys, documents_until: null };
    await ledger.ledger.execute(commands.eraseCustomer, input, ledger.meta());
    await ledger.settled();
  });

  afterEach(() => ledger.close());

  it('reads erased all the same, and is finished later, once', async () => {
    expect(await read()).to.equal('erased');
    await finishErasures(ledger.processDeps);
    expect(await ledger.processDeps.personal.keysOf('acme')).to.deep.equal([]);
    expect(await finishErasures(ledger.processDeps)).to.equal(0);
    expect(await read()).to.equal('erased');
  });

  it('is finished by erasing again, which adds no event', async () => {
    const events = await ledger.eventCount();
    const { data } = await ok(ledger.api.post('customers/acme/erase', { confirm: 'acme' }));
    expect(data.key_ids).to.deep.equal(keys);
    expect(await ledger.processDeps.personal.keysOf('acme')).to.deep.equal([]);
    expect(await ledger.eventCount()).to.equal(events);
  });

  it('is finished before a new profile is sealed', async () => {
    const fields = customerFields.parse(customerBody);
    await setCustomer(ledger.processDeps, 'acme', fields, ledger.meta());
    await ledger.settled();
    expect(await ledger.processDeps.personal.keysOf('acme'))
      .to.have.length(1)
      .and.not.include(keys[0]);
    expect(await read()).to.equal(customerBody.legal_name);
  });
});
