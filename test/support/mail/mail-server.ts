import type { AddressInfo } from 'node:net';
import { simpleParser, type ParsedMail } from 'mailparser';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';

/** A message that the server has taken. */
export interface ReceivedMail {
  /** The addresses of its envelope. */
  recipients: string[];
  messageId: string;
  parsed: ParsedMail;
}

/** What the server answers instead of taking a message. */
export interface MailTrouble {
  /** A reply to every new connection, such as `421 come back later`. */
  greeting?: string;
  /** Replies to the RCPT of an address. */
  recipients?: Readonly<Record<string, string>>;
  /** A reply after the whole message. */
  message?: string;
  /** Cuts the connection: when the message begins, or once it was taken, before the answer. */
  cut?: 'in-message' | 'after-message';
  /** Takes the message and answers only so many milliseconds later. */
  slowMs?: number;
}

/** A real SMTP server that fails on request. */
export interface MailServer {
  readonly port: number;
  /** `SMTP_URL` without a login. */
  readonly url: string;
  /** Every message that was taken, oldest first. */
  readonly received: ReceivedMail[];
  /** How many messages began. */
  readonly attempts: () => number;
  /** Fails the next `times` sessions (default: all until `recover`). */
  fail(trouble: MailTrouble, times?: number): void;
  recover(): void;
  close(): Promise<void>;
}

const replied = (reply: string): Error =>
  Object.assign(new Error(reply.slice(4)), { responseCode: Number(reply.slice(0, 3)) });

/** Starts it on 127.0.0.1. */
export async function startMailServer(options: SMTPServerOptions = {}): Promise<MailServer> {
  const received: ReceivedMail[] = [];
  let failure: { trouble: MailTrouble; left: number } | null = null;
  let attempts = 0;
  const ofSession = new Map<string, MailTrouble>();
  const troubleOf = (id: string): MailTrouble => ofSession.get(id) ?? {};
  const server = new SMTPServer({
    disabledCommands: ['STARTTLS'],
    authOptional: true,
    disableReverseLookup: true,
    onConnect(session, callback) {
      const trouble = failure !== null && failure.left > 0 ? failure.trouble : {};
      if (failure !== null) failure.left -= 1;
      ofSession.set(session.id, trouble);
      callback(trouble.greeting === undefined ? null : replied(trouble.greeting));
    },
    onRcptTo(address, session, callback) {
      const reply = troubleOf(session.id).recipients?.[address.address];
      callback(reply === undefined ? null : replied(reply));
    },
    onData(stream, session, callback) {
      attempts += 1;
      const trouble = troubleOf(session.id);
      // A client that dies in its message.
      stream.on('error', () => undefined);
      const cut = (): void => {
        for (const connection of server.connections)
          if ((connection as { id?: string }).id === session.id)
            (connection as unknown as { _socket: { destroy(): void } })._socket.destroy();
      };
      if (trouble.cut === 'in-message') {
        stream.once('data', cut);
        stream.resume();
        return;
      }
      const taken = (parsed: ParsedMail): void => {
        if (trouble.message !== undefined) return void callback(replied(trouble.message));
        const recipients = session.envelope.rcptTo.map(({ address }) => address);
        received.push({ recipients, messageId: parsed.messageId ?? '', parsed });
        if (trouble.cut === 'after-message') return cut();
        setTimeout(() => callback(null), trouble.slowMs ?? 0);
      };
      void simpleParser(stream).then(taken, () => undefined);
    },
    ...options,
  });
  // A client that cuts its connection is part of the tests.
  server.on('error', () => undefined);
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.server.address() as AddressInfo;
  return {
    port,
    url: `smtp://127.0.0.1:${port}`,
    received,
    attempts: () => attempts,
    fail(trouble, times = Number.POSITIVE_INFINITY) {
      failure = { trouble, left: times };
    },
    recover() {
      failure = null;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
      }),
  };
}
