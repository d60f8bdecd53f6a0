// A mail server that takes every message and keeps it as a file, for people to open.
import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { SMTPServer } from 'smtp-server';

/** The stand-in for a mail server, while it runs. */
export interface MailSimulator {
  /** For `SMTP_URL`. */
  url: string;
  /** The files of the messages that were taken, oldest first. */
  readonly messages: readonly string[];
  close(): Promise<void>;
}

/** @param folder where messages are kept, one a file, named by their time */
export async function startMailSimulator(folder: string): Promise<MailSimulator> {
  const messages: string[] = [];
  let begun = 0;
  const keep = async (stream: NodeJS.ReadableStream): Promise<void> => {
    begun += 1;
    // Those of earlier runs stay beside them.
    const file = join(folder, `${new Date().toISOString().replaceAll(':', '-')}-${begun}.eml`);
    await mkdir(folder, { recursive: true });
    await pipeline(stream, createWriteStream(file));
    messages.push(file);
  };
  const server = new SMTPServer({
    disabledCommands: ['STARTTLS'],
    authOptional: true,
    disableReverseLookup: true,
    onData(stream, _session, callback) {
      keep(stream).then(() => callback(null), callback);
    },
  });
  // A client that ends in its message is no matter here.
  server.on('error', () => undefined);
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.server.address() as AddressInfo;
  return {
    url: `smtp://127.0.0.1:${port}`,
    messages,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
      }),
  };
}
