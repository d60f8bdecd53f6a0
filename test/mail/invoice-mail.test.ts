import { expect } from 'chai';
import { invoiceMail } from '../../src/mail/invoice-mail.ts';
import { sampleInvoice } from '../support/mail/sample-invoice.ts';

const { buyer, seller } = sampleInvoice();

describe('the mail of an invoice', () => {
  it('says number, total, due day and how to pay, in text and HTML', () => {
    const { subject, text, html } = invoiceMail(sampleInvoice());
    expect(subject).to.equal('Tax invoice AC-2026-000001 from Arcadia Cloud Pty Ltd');
    for (const form of [text, html])
      for (const fact of [
        'Dear Ada Lovelace,',
        'Please pay AUD 7,064.20 by 15 May 2026.',
        '1 April 2026 – 30 April 2026',
        'PO 42',
        '062-000',
        '12345678',
        'AC-2026-000001',
        'ABN 51 824 753 556',
        'accounts@arcadia.example',
        'Thank you for your business.',
      ])
        expect(form).to.contain(fact);
    expect(text).to.match(
      / {2}Total: +AUD 7,064\.20\n {2}To pay: +AUD 7,064\.20\n {2}Due on: +15 May 2026\n/,
    );
  });

  it('writes amounts and days as the buyer has them', () => {
    const german = invoiceMail(sampleInvoice({ buyer: { ...buyer, locale: 'de-DE' } }));
    expect(german.text).to.contain('7.064,20 AUD').and.to.contain('15. Mai 2026');
    const odd = invoiceMail(sampleInvoice({ buyer: { ...buyer, locale: 'not a locale!' } }));
    expect(odd.text).to.contain('15 May 2026');
  });

  it('asks for nothing where the balance has paid it, or where it comes to nothing', () => {
    const paid = invoiceMail(sampleInvoice({ paid_cents: 706_420, due_cents: 0 }));
    expect(paid.text).to.contain('It is paid from your balance.').and.to.not.contain('How to pay');
    const part = invoiceMail(sampleInvoice({ paid_cents: 6_420, due_cents: 700_000 }));
    expect(part.text)
      .to.match(/Paid from your balance: +AUD 64\.20/)
      .and.to.contain('Please pay AUD 7,000.00 by');
    const nothing = invoiceMail(sampleInvoice({ total_cents: 0, due_cents: 0 }));
    expect(nothing.text).to.contain('There is nothing to pay.');
  });

  it('escapes every text in the HTML', () => {
    const evil = `<script>alert("1")</script> & 'more'`;
    const { html } = invoiceMail(
      sampleInvoice({
        number: evil,
        buyer: { ...buyer, contact: evil, po_number: evil },
        seller: { ...seller, legal_name: evil, footer: evil, email: evil },
      }),
    );
    expect(html).to.not.contain('<script').and.to.not.contain(`'more'`);
    expect(html).to.contain('&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt; &amp; &#39;more&#39;');
  });

  it('keeps long names and line ends within one line', () => {
    const name = '株式会社データ😀'.repeat(40);
    const { subject, text } = invoiceMail(
      sampleInvoice({
        seller: { ...seller, legal_name: `${name}\r\nBcc: thief@example.com` },
        buyer: { ...buyer, contact: null, legal_name: name },
      }),
    );
    expect(subject).to.not.match(/[\r\n]/);
    expect([...subject].length).to.be.below(170);
    expect(subject.isWellFormed()).to.equal(true);
    expect(text.split('\n').every((line) => [...line].length < 200)).to.equal(true);
  });
});
