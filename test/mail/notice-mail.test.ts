import { expect } from 'chai';
import { noticeKinds } from '../../src/events/documents.ts';
import { noticeMail, type NoticeView } from '../../src/mail/notice-mail.ts';
import { sampleNoticeView } from '../support/mail/sample-notice-view.ts';

const { buyer, seller } = sampleNoticeView();
const many = (count: number) =>
  Array.from({ length: count }, (_, at) => ({ slug: `shop-${at}`, display_name: `Shop ${at}` }));

describe('the mail before a step of the lifecycle', () => {
  it('says before past due what is owed, how to pay, and what comes next', () => {
    const { subject, text, html } = noticeMail(sampleNoticeView());
    expect(subject).to.equal('Payment overdue: Web shop is past due from 29 May 2026');
    for (const form of [text, html])
      for (const fact of [
        'Dear Ada Lovelace,',
        'an amount of AUD 7,064.20 is overdue: Web shop is marked as past due from 29 May 2026.',
        'Please pay now. While it is unpaid, Web shop may be suspended from 14 June 2026.',
        'Web shop (shop)',
        'AUD 7,064.20, was due on 15 May 2026',
        '062-000',
        '12345678',
        'AC-2026-000001',
        'Answer this mail, write to accounts@arcadia.example, or call +61 2 5550 0000.',
        'ABN 51 824 753 556',
        'Thank you for your business.',
      ])
        expect(form).to.contain(fact);
    expect(text).to.match(/Reference: +AC-2026-000001\n/);
    const undated = noticeMail(sampleNoticeView({ suspends_on: null }));
    expect(undated.text).to.contain('Web shop may be suspended.\n');
  });

  it('says before a suspension what ends it', () => {
    const { subject, text } = noticeMail(sampleNoticeView({ kind: 'suspended', suspends_on: null }));
    expect(subject).to.equal('Payment overdue: Web shop is suspended from 29 May 2026');
    expect(text)
      .to.contain('an amount of AUD 7,064.20 is still overdue: Web shop is suspended from 29 May 2026.')
      .and.to.contain('Once all that is overdue is paid, it becomes active again.')
      .and.to.contain('How to pay');
  });

  it('says at the end of a trial from when it is billed, or what is missing', () => {
    const none: Partial<NoticeView> = { invoices: [], open_cents: 0, suspends_on: null };
    const active = noticeMail(sampleNoticeView({ ...none, kind: 'trial-active' }));
    expect(active.subject).to.equal('The trial has ended: Web shop is active from 29 May 2026');
    expect(active.text)
      .to.contain('Web shop is active from 29 May 2026, and is billed from that day on.')
      .and.to.match(/Active and billed from: +29 May 2026\n/);
    const suspended = noticeMail(sampleNoticeView({ ...none, kind: 'trial-suspended' }));
    expect(suspended.text)
      .to.contain('Web shop is suspended from 29 May 2026, because no plan was chosen.')
      .and.to.contain('What is missing is a plan.');
    for (const { text } of [active, suspended])
      expect(text).to.not.contain('How to pay').and.to.not.contain('verdue');
  });

  it('asks for nothing once all is paid, whatever invoices it names', () => {
    const { subject, text, html } = noticeMail(sampleNoticeView({ kind: 'recovered', suspends_on: null }));
    expect(subject).to.equal('Thank you: Web shop is active again from 29 May 2026');
    for (const form of [text, html])
      expect(form)
        .to.contain('thank you: nothing is overdue any more, and Web shop is active again from 29 May 2026.')
        .and.to.not.contain('How to pay')
        .and.to.not.contain('7,064.20')
        .and.to.not.contain('AC-2026-000001');
  });

  it('names several deployments in one sentence, and counts many', () => {
    const three = noticeMail(sampleNoticeView({ deployments: many(3) }));
    expect(three.text).to.contain('Shop 0, Shop 1 and Shop 2 are marked as past due');
    const two = noticeMail(sampleNoticeView({ kind: 'suspended', deployments: many(2) }));
    expect(two.text).to.contain('they become active again');
    const all = noticeMail(sampleNoticeView({ deployments: many(50), more_deployments: 7 }));
    expect(all.subject).to.equal('Payment overdue: your 57 deployments are past due from 29 May 2026');
    expect(all.text)
      .to.contain('Shop 19 (shop-19)')
      .and.to.contain('and 37 more')
      .and.to.not.contain('Shop 20');
  });

  it('sums several invoices, and refers to their numbers', () => {
    const invoices = [
      { number: 'AC-2026-000001', due_on: '2026-04-15', open_cents: 5 },
      { number: null, due_on: '2026-05-15', open_cents: 706_415 },
    ];
    const { text } = noticeMail(sampleNoticeView({ invoices, more_invoices: 2 }));
    expect(text)
      .to.match(/AC-2026-000001: +AUD 0\.05, was due on 15 April 2026\n/)
      .and.to.match(/Invoice: +AUD 7,064\.15, was due on 15 May 2026\n/)
      .and.to.match(/Invoices: +and 2 more\n/)
      .and.to.match(/Overdue: +AUD 7,064\.20\n/)
      .and.to.match(/Reference: +AC-2026-000001\n/);
    const unnumbered = noticeMail(sampleNoticeView({ invoices: invoices.slice(1) }));
    expect(unnumbered.text).to.not.contain('Reference');
  });

  it('writes amounts and days as the buyer has them', () => {
    const german = noticeMail(sampleNoticeView({ buyer: { ...buyer, locale: 'de-DE' } }));
    expect(german.text).to.contain('7.064,20 AUD').and.to.contain('29. Mai 2026');
    const odd = noticeMail(sampleNoticeView({ buyer: { ...buyer, locale: 'not a locale!' } }));
    expect(odd.text).to.contain('29 May 2026');
  });

  it('escapes every text in the HTML, and keeps each on its line', () => {
    const evil = `<script>alert("1")</script> & 'more'\r\nBcc: thief@example.com`;
    for (const kind of noticeKinds) {
      const { subject, text, html } = noticeMail(
        sampleNoticeView({
          kind,
          deployments: [{ slug: evil, display_name: evil }],
          buyer: { ...buyer, contact: evil },
          seller: { ...seller, legal_name: evil, footer: evil, email: evil, phone: evil },
        }),
      );
      expect(html).to.not.contain('<script').and.to.not.contain(`'more'`);
      expect(subject).to.not.match(/[\r\n]/);
      expect(text.split('\n').filter((line) => line.startsWith('Bcc:'))).to.deep.equal([]);
    }
  });

  it('stays short with the longest names', () => {
    const display_name = '株式会社データ😀'.repeat(60);
    const deployments = [1, 2, 3].map((n) => ({ slug: `s${n}`, display_name }));
    const { subject, text } = noticeMail(
      sampleNoticeView({ deployments, seller: { ...seller, phone: null } }),
    );
    expect([...subject].length).to.be.below(460);
    expect(subject.isWellFormed()).to.equal(true);
    expect(text).to.contain('write to accounts@arcadia.example.');
  });
});
