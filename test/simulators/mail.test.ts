import { expect } from 'chai';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startMailSimulator } from '../../simulators/mail/index.ts';
import { createMailClient } from '../../src/mail/mail-client.ts';

describe('the stand-in for a mail server', () => {
  it('keeps each message as a file, in their order', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'arcadia-mail-'));
    const server = await startMailSimulator(join(folder, 'mail'));
    try {
      const client = createMailClient({ url: server.url, from: 'Billing <billing@seller.example>' });
      const mail = {
        messageId: '<1@seller.example>',
        date: '2026-05-09T15:05:00.000Z',
        to: ['ada@customer.example'],
        replyTo: null,
        text: 'Hello',
        html: '<p>Hello</p>',
        attachments: [],
      };
      for (const subject of ['First', 'Second']) {
        const outcomes = await client.send({ ...mail, subject }, mail.to, 10_000);
        expect(outcomes.map(({ outcome }) => outcome)).to.deep.equal(['accepted']);
      }
      const texts = await Promise.all(server.messages.map((file) => readFile(file, 'utf8')));
      expect(texts.map((text) => /^Subject: (.*)\r$/m.exec(text)?.[1])).to.deep.equal(['First', 'Second']);
    } finally {
      await server.close();
      await rm(folder, { recursive: true, force: true });
    }
  });
});
