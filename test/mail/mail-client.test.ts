import { expect } from 'chai';
import { createMailClient, type Mail, type MailClient } from '../../src/mail/mail-client.ts';
import { startMailServer, type MailServer } from '../support/mail/mail-server.ts';

const [ada, bob] = ['ada@customer.example', 'bob@customer.example'];

const mail: Mail = {
  messageId: '<delivery-1@seller.example>',
  date: '2026-05-09T15:05:00.000Z',
  to: [ada, bob],
  replyTo: 'accounts@seller.example',
  subject: 'Tax invoice AC-2026-000001 from Аркадия 云',
  text: 'Dear customer',
  html: '<p>Dear customer</p>',
  attachments: [
    { filename: 'AC-2026-000001.pdf', contentType: 'application/pdf', content: Buffer.from('%PDF-1.7 …') },
  ],
};

const outcomes = (results: Awaited<ReturnType<MailClient['send']>>) =>
  results.map(({ address, outcome, code }) => [address, outcome, code]);

describe('mail client', () => {
  let server: MailServer;
  let client: MailClient;
  beforeEach(async () => {
    server = await startMailServer();
    client = createMailClient({ url: server.url, from: 'Buchhaltung Käse <billing@seller.example>' });
  });
  afterEach(() => server.close());

  const send = (recipients = [ada, bob], limitMs = 5_000, sent = mail) =>
    client.send(sent, recipients, limitMs);

  it('sends text, HTML and attachment, names encoded, under its Message-ID', async () => {
    expect(outcomes(await send())).to.deep.equal([
      [ada, 'accepted', 250],
      [bob, 'accepted', 250],
    ]);
    expect(client.domain).to.equal('seller.example');
    const [one] = server.received;
    expect(one?.recipients).to.deep.equal([ada, bob]);
    const { parsed } = one ?? expect.fail('nothing arrived');
    expect(parsed.messageId).to.equal(mail.messageId);
    expect(parsed.from?.value).to.deep.equal([
      { address: 'billing@seller.example', name: 'Buchhaltung Käse' },
    ]);
    expect(parsed.replyTo?.text).to.equal('accounts@seller.example');
    expect(parsed.subject).to.equal(mail.subject);
    expect(parsed.date?.toISOString()).to.equal(mail.date);
    expect(parsed.text?.trim()).to.equal('Dear customer');
    expect(parsed.html).to.contain('<p>Dear customer</p>');
    const [attachment] = parsed.attachments;
    expect(attachment).to.include({ filename: 'AC-2026-000001.pdf', contentType: 'application/pdf' });
    expect(attachment?.content.toString()).to.equal('%PDF-1.7 …');
    expect(parsed.headers.get('auto-submitted')).to.equal('auto-generated');
  });

  it('sends the same bytes each time, with every address of the mail in its head', async () => {
    await send();
    await send([bob]);
    const [first, second] = server.received.map(({ parsed }) => parsed);
    expect(second?.headerLines).to.deep.equal(first?.headerLines);
    expect(server.received[1]?.recipients).to.deep.equal([bob]);
  });

  const troubles: [string, Parameters<MailServer['fail']>[0], [string, number | null]][] = [
    ['a 421 at the connect', { greeting: '421 come back later' }, ['deferred', 421]],
    ['a 554 at the connect', { greeting: '554 not here' }, ['deferred', 554]],
    ['a 451 after the message', { message: '451 try again' }, ['deferred', 451]],
    ['a 552 after the message', { message: '552 the mailbox is full' }, ['bounced', 552]],
    ['a cut within the message', { cut: 'in-message' }, ['deferred', null]],
    ['a cut after the message, before the answer', { cut: 'after-message' }, ['unknown', null]],
  ];
  for (const [what, trouble, [outcome, code]] of troubles) {
    it(`calls ${what} ${outcome}`, async () => {
      server.fail(trouble, 1);
      expect(outcomes(await send())).to.deep.equal([
        [ada, outcome, code],
        [bob, outcome, code],
      ]);
    });
  }

  it('tells addresses apart: one bounced, one deferred, the others accepted', async () => {
    server.fail({ recipients: { [bob]: '550 no such user' } }, 1);
    const [, bounced] = await send();
    expect(bounced).to.deep.equal({
      address: bob,
      outcome: 'bounced',
      code: 550,
      answer: '550 no such user',
    });
    server.fail({ recipients: { [ada]: '450 greylisted, try in five minutes' } }, 1);
    expect(outcomes(await send())).to.deep.equal([
      [ada, 'deferred', 450],
      [bob, 'accepted', 250],
    ]);
    server.fail({ recipients: { [ada]: '450 greylisted', [bob]: '550 no such user' } }, 1);
    expect(outcomes(await send())).to.deep.equal([
      [ada, 'deferred', 450],
      [bob, 'bounced', 550],
    ]);
  });

  it('gives up after its limit: what was sent whole is unknown', async () => {
    server.fail({ slowMs: 3_000 }, 1);
    const began = performance.now();
    expect(outcomes(await send([ada], 500))).to.deep.equal([[ada, 'unknown', null]]);
    expect(performance.now() - began).to.be.below(2_000);
  });

  it('calls a server that is not there deferred', async () => {
    await server.close();
    const [outcome] = await send([ada]);
    expect(outcome).to.include({ outcome: 'deferred', code: null });
    server = await startMailServer();
  });

  it('lets no name, subject or file name break out of its header', async () => {
    const subject = 'Tax invoice\r\nBcc: thief@example.com\r\n\r\nHello';
    const attachments = [{ ...mail.attachments[0]!, filename: 'a"\r\nX-Evil: 1.pdf' }];
    await send([ada], 5_000, { ...mail, subject, attachments });
    const [one] = server.received;
    expect(one?.recipients).to.deep.equal([ada]);
    expect(one?.parsed.bcc).to.equal(undefined);
    expect(one?.parsed.headers.has('x-evil')).to.equal(false);
    expect(one?.parsed.subject).to.equal('Tax invoice Bcc: thief@example.com Hello');
    expect(one?.parsed.text?.trim()).to.equal('Dear customer');
  });
});

describe('mail client: logins and encryption', () => {
  it('logs in, and shows the password in no answer', async () => {
    const password = 'pass word/with@signs';
    const logins: unknown[] = [];
    const server = await startMailServer({
      authOptional: false,
      allowInsecureAuth: true,
      onAuth({ username, password: given }, _session, callback) {
        logins.push(username);
        if (given === password) callback(null, { user: username });
        else callback(new Error(`no login with ${String(given)}`));
      },
    });
    const urlOf = (pass: string) => `smtp://ada:${encodeURIComponent(pass)}@127.0.0.1:${server.port}`;
    const from = 'billing@seller.example';
    try {
      const good = createMailClient({ url: urlOf(password), from });
      expect(outcomes(await good.send(mail, [ada], 5_000))).to.deep.equal([[ada, 'accepted', 250]]);
      const bad = createMailClient({ url: urlOf('a wrong password'), from });
      const [refused] = await bad.send(mail, [ada], 5_000);
      expect(refused).to.include({ outcome: 'deferred', code: 535 });
      expect(refused?.answer).not.to.contain('a wrong password');
      expect(logins).to.deep.equal(['ada', 'ada']);
    } finally {
      await server.close();
    }
  });

  it('encrypts with smtps, and trusts no certificate that it can not check', async () => {
    const server = await startMailServer({ secure: true });
    const url = `smtps://127.0.0.1:${server.port}`;
    const from = 'billing@seller.example';
    try {
      const strict = createMailClient({ url, from });
      expect(await strict.send(mail, [ada], 5_000)).to.have.nested.property('[0].outcome', 'deferred');
      const lax = createMailClient({ url: `${url}?tls.rejectUnauthorized=false`, from });
      expect(outcomes(await lax.send(mail, [ada], 5_000))).to.deep.equal([[ada, 'accepted', 250]]);
    } finally {
      await server.close();
    }
  });
});
