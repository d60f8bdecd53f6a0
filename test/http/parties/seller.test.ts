import { expect } from 'chai';
import { ok, problem } from '../../support/http/api.ts';
import type { Json } from '../../support/http/api.ts';
import { tenantToken } from '../../support/http/tokens.ts';
import { startTestLedger, type TestLedger } from '../../support/ledger/test-ledger.ts';
import { sellerBody } from '../../support/parties/party-bodies.ts';

describe('the seller over HTTP', () => {
  let ledger: TestLedger;
  const put = (changes: Json = {}) => ledger.api.put('seller', { ...sellerBody, ...changes });
  const bank = (changes: Json) => put({ bank: { ...sellerBody.bank, ...changes } });
  const address = (changes: Json) => put({ address: { ...sellerBody.address, ...changes } });

  before(async () => {
    ledger = await startTestLedger();
  });

  after(() => ledger.close());

  it('is not found before it is set', async () => {
    await problem(ledger.api.get('seller'), 404);
  });

  it('is set in its stored form from today on, and shown; the same again adds nothing', async () => {
    const { data } = await ok(put());
    const stored = {
      ...sellerBody,
      effective_from: '2026-05-09',
      tax_id: '51824753556',
      bank: { ...sellerBody.bank, bsb: '063000', account_number: '12345678', iban: null, bic: null },
    };
    expect(data).to.deep.equal(stored);
    expect((await ok(ledger.api.get('seller'))).data).to.deep.equal(stored);
    const events = await ledger.eventCount();
    await ok(put());
    await ok(put({ tax_id: '51824753556', effective_from: null }));
    await ok(bank({ iban: null }));
    await ok(put({ effective_from: '2026-05-20' }));
    expect(await ledger.eventCount()).to.equal(events);
  });

  it('is a dated fact: a later one counts from its day on', async () => {
    await ok(put({ phone: null, footer: null, effective_from: '2026-06-01' }));
    expect((await ok(ledger.api.get('seller'))).data.phone).to.equal(sellerBody.phone);
    ledger.clock.set('2026-06-01T00:00:00.000Z');
    const { data } = await ok(ledger.api.get('seller'));
    expect([data.phone, data.footer, data.effective_from]).to.deep.equal([null, null, '2026-06-01']);
  });

  it('takes an IBAN instead of a BSB, and a tax number of another country', async () => {
    const german = {
      tax_id: 'DE 136695976',
      address: { ...sellerBody.address, country: 'DE', region: null },
      bank: {
        name: 'Sparkasse',
        account_name: 'Skyai',
        iban: 'de89 3704 0044 0532 0130 00',
        bic: 'cobadeff',
      },
      effective_from: '2026-07-01',
    };
    const { data } = await ok(put(german));
    expect(data.tax_id).to.equal('DE 136695976');
    expect(data.bank).to.include({ iban: 'DE89370400440532013000', bic: 'COBADEFF', bsb: null });
  });

  it('is refused with the path of each field at fault', async () => {
    await problem(put({ legal_name: ' ' }), 422, 'legal_name');
    await problem(put({ legal_name: 'a'.repeat(501) }), 422, 'legal_name');
    await problem(put({ legal_name: 'two\nlines' }), 422, 'legal_name');
    await problem(put({ tax_id: '51 824 753 557' }), 422, 'tax_id');
    await problem(put({ tax_id: null }), 422, 'tax_id');
    await problem(put({ email: 'billing at skyai' }), 422, 'email');
    await problem(put({ effective_from: '2026-02-30' }), 422, 'effective_from');
    await problem(put({ footer: 'a'.repeat(2001) }), 422, 'footer');
    await problem(put({ logo: 'none' }), 422, 'logo');
    await problem(address({ country: 'au' }), 422, 'address.country');
    await problem(address({ country: 'XX' }), 422, 'address.country');
    await problem(address({ lines: [] }), 422, 'address.lines');
    await problem(address({ lines: ['ok', ''] }), 422, 'address.lines.1');
    await problem(address({ city: undefined }), 422, 'address.city');
    await problem(bank({ bsb: '06300' }), 422, 'bank.bsb');
    await problem(bank({ bsb: null }), 422, 'bank.bsb');
    await problem(bank({ account_number: null }), 422, 'bank.account_number');
    await problem(bank({ bsb: null, account_number: null }), 422, 'bank.iban');
    await problem(bank({ iban: 'DE88370400440532013000' }), 422, 'bank.iban');
    await problem(bank({ bic: 'COBA' }), 422, 'bank.bic');
    for (const invoice_prefix of [
      '',
      'sky',
      'SKY-CN',
      'CN',
      'SKY-CN-2',
      'A'.repeat(21),
      '-SKY',
      'SKY-',
      'S--Y',
    ])
      await problem(put({ invoice_prefix }), 422, 'invoice_prefix');
  });

  it("is the admin's alone", async () => {
    const token = tenantToken('acme');
    await problem(ledger.api.get('seller', { token }), 403);
    await problem(ledger.api.put('seller', sellerBody, { token }), 403);
  });
});
