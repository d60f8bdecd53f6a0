import { setTimeout as sleep } from 'node:timers/promises';
import { Readable } from 'node:stream';
import MailComposer from 'nodemailer/lib/mail-composer';
import SMTPConnection, { type SMTPConnectionSendInfo, type SMTPError } from 'nodemailer/lib/smtp-connection';
import { asError } from '../runtime/as-error.ts';
import { quotedText } from '../runtime/quoted-text.ts';
import type { AddressOutcome, Mail, Sender } from './mail-client.ts';
import type { SmtpServer } from './smtp-server.ts';

/** One attempt at a mail. */
export interface MailAttempt {
  server: SmtpServer;
  sender: Sender;
  mail: Mail;
  recipients: readonly string[];
  /** The most time for all of it, in milliseconds. */
  limitMs: number;
}

/** How long a server that accepts connections may stay silent before its greeting, in milliseconds. */
const GREETING_MS = 10_000;

/**
 * The pause before the end of the message is sent, in milliseconds. A server that cuts the connection while
 * it reads is heard of before that: then the message was certainly not taken.
 */
const LAST_PAUSE_MS = 50;

/** How far a session has come. */
interface Progress {
  /** What is asked of the server. */
  step: 'connect' | 'login' | 'message';
  /** Whether the end of the message was given to the connection: from then on the server may have it. */
  isWhole: boolean;
}

/** Makes one attempt over a connection of its own. */
export async function attemptMail(attempt: MailAttempt): Promise<AddressOutcome[]> {
  const { server, limitMs } = attempt;
  const message = await compose(attempt);
  const progress: Progress = { step: 'connect', isWhole: false };
  const connection = new SMTPConnection({
    ...server.connection,
    connectionTimeout: Math.min(GREETING_MS, limitMs),
    greetingTimeout: Math.min(GREETING_MS, limitMs),
    socketTimeout: limitMs,
    dnsTimeout: Math.min(GREETING_MS, limitMs),
    socketCloseTimeout: 1_000,
  });
  try {
    const info = await sessionOf(connection, message, progress, attempt);
    return outcomesOf(info, attempt);
  } catch (error) {
    return failedOutcomes(asError(error), progress, attempt);
  } finally {
    connection.close();
  }
}

/** The bytes of the mail: the same for the same mail. */
async function compose({ mail, sender }: MailAttempt): Promise<Buffer> {
  const composer = new MailComposer({
    from: sender,
    to: [...mail.to],
    ...(mail.replyTo === null ? {} : { replyTo: mail.replyTo }),
    subject: quotedText(mail.subject, [], 1_000),
    messageId: mail.messageId,
    date: new Date(mail.date),
    text: mail.text,
    html: mail.html,
    attachments: mail.attachments.map((attachment) => ({
      ...attachment,
      filename: quotedText(attachment.filename),
    })),
    baseBoundary: mail.messageId.replace(/\W/g, '').slice(0, 48),
    disableFileAccess: true,
    disableUrlAccess: true,
    headers: { 'Auto-Submitted': 'auto-generated' },
  });
  return composer.compile().build();
}

/** Connects, logs in and sends. @throws what ended the session */
function sessionOf(
  connection: SMTPConnection,
  message: Buffer,
  progress: Progress,
  { server: { login }, sender, recipients, limitMs }: MailAttempt,
): Promise<SMTPConnectionSendInfo> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`no complete answer within ${limitMs} ms`)), limitMs);
    const fail = (error: Error): void => {
      clearTimeout(timer);
      reject(error);
    };
    const send = (): void => {
      progress.step = 'message';
      const envelope = { from: sender.address, to: [...recipients], size: message.length };
      connection.send(envelope, Readable.from(inTwo(message, progress)), (error, info) => {
        clearTimeout(timer);
        if (error || info === undefined) fail(error ?? new Error('the server gave no answer'));
        else resolve(info);
      });
    };
    connection.on('error', fail);
    connection.connect((error) => {
      if (error !== undefined) return fail(error);
      if (login === null) return send();
      progress.step = 'login';
      connection.login(login, (refused) => (refused === null ? send() : fail(refused)));
    });
  });
}

/** The message, and its end after a pause. */
async function* inTwo(message: Buffer, progress: Progress): AsyncGenerator<Buffer> {
  yield message;
  await sleep(LAST_PAUSE_MS);
  progress.isWhole = true;
}

/** The outcomes of a message that the server took, for some of the recipients at least. */
function outcomesOf(info: SMTPConnectionSendInfo, { recipients, server }: MailAttempt): AddressOutcome[] {
  const refused = refusedBy(info.rejectedErrors ?? []);
  return recipients.map((address) => {
    const error = refused.get(address);
    if (error !== undefined) return refusal(address, error, server);
    return { address, outcome: 'accepted', ...said(info.response, server) };
  });
}

/** The outcomes of a message that the server has not taken, or has not said so. */
function failedOutcomes(
  error: SMTPError,
  { step, isWhole }: Progress,
  { recipients, server }: MailAttempt,
): AddressOutcome[] {
  const refused = refusedBy(error.rejectedErrors ?? []);
  return recipients.map((address) => {
    const own = refused.get(address);
    if (own !== undefined) return refusal(address, own, server);
    if (isTooLarge(error)) return { address, outcome: 'bounced', ...said(error.message, server) };
    // An answer to the greeting or the login is about this service, not about the mail.
    if (step === 'message' && error.responseCode !== undefined) return refusal(address, error, server);
    const outcome = isWhole && error.responseCode === undefined ? 'unknown' : 'deferred';
    return { address, outcome, ...said(error.response ?? error.message, server) };
  });
}

/** Whether the mail is larger than the server said that it takes. */
function isTooLarge(error: SMTPError): boolean {
  return error.code === 'EMESSAGE' && error.responseCode === undefined && error.command === 'MAIL FROM';
}

function refusedBy(errors: readonly SMTPError[]): Map<string | undefined, SMTPError> {
  return new Map(errors.map((error) => [error.recipient, error]));
}

/** A reply with another code than success: 5xx is for ever, but for the session's own faults. */
function refusal(address: string, error: SMTPError, server: SmtpServer): AddressOutcome {
  const outcome = error.permanent === true ? 'bounced' : 'deferred';
  return { address, outcome, ...said(error.response ?? error.message, server) };
}

/** The code and the text of an answer, as they may be stored. */
function said(answer: string, { secrets }: SmtpServer): Pick<AddressOutcome, 'code' | 'answer'> {
  const code = /^([2-5]\d\d)(?!\d)/.exec(answer)?.[1];
  return { code: code === undefined ? null : Number(code), answer: quotedText(answer, secrets) };
}
