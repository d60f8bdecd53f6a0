import { attemptMail } from './smtp-attempt.ts';
import { smtpServer } from './smtp-server.ts';

/** A mail, the same in every attempt. */
export interface Mail {
  /** With angle brackets; those who keep it recognise a second copy. */
  messageId: string;
  /** ISO instant. */
  date: string;
  /** Every recipient of the mail, also those that an attempt leaves out. */
  to: readonly string[];
  /** Where answers go; null: to the sender. */
  replyTo: string | null;
  subject: string;
  text: string;
  html: string;
  attachments: readonly { filename: string; contentType: string; content: Buffer }[];
}

/**
 * What an attempt came to for one address. `deferred`: not now, a later attempt may succeed. `bounced`:
 * never. `unknown`: the connection was lost when the server had the whole message, but had not answered.
 */
export interface AddressOutcome {
  address: string;
  outcome: 'accepted' | 'deferred' | 'bounced' | 'unknown';
  /** The server's reply code; null: it gave none. */
  code: number | null;
  /** The server's answer, or what went wrong: one line without secrets. It may hold the address. */
  answer: string;
}

/** Sends mail by SMTP. */
export interface MailClient {
  /** The domain of the sender's address, for Message-IDs. */
  readonly domain: string;
  /**
   * One attempt, to some of the mail's recipients. Trouble with the server is an outcome, not an exception.
   * @param limitMs the most time that it takes, in milliseconds
   * @returns one outcome for each recipient, in their order
   */
  send(mail: Mail, recipients: readonly string[], limitMs: number): Promise<AddressOutcome[]>;
}

/**
 * A client of one SMTP server.
 * @param options.url `SMTP_URL`
 * @param options.from `MAIL_FROM`: an address, or a name with an address in angle brackets
 */
export function createMailClient({ url, from }: { url: string; from: string }): MailClient {
  const server = smtpServer(url);
  const sender = senderOf(from);
  return {
    domain: sender.address.slice(sender.address.lastIndexOf('@') + 1),
    send: (mail, recipients, limitMs) => attemptMail({ server, sender, mail, recipients, limitMs }),
  };
}

/** Who a mail is from. */
export interface Sender {
  name: string;
  address: string;
}

function senderOf(from: string): Sender {
  const named = /^(.*?)\s*<([^<>]+)>$/.exec(from.trim());
  const name = (named?.[1] ?? '').replace(/^"(.*)"$/, '$1');
  return { name, address: named?.[2] ?? from.trim() };
}
