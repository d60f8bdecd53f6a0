import { createServer } from 'node:net';
import { StartError } from './start-error.ts';

/**
 * Makes sure, before anything is started, that a port can be listened on, by taking it for a moment.
 * @param setting the variable or option that sets the port, for the message
 * @throws {StartError} for a port that is in use or not allowed, and an address of another machine
 */
export async function expectPort(port: number, host: string, setting: string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const probe = createServer();
    probe.once('error', (error) => {
      reject(listenError(error, port, host, setting));
    });
    probe.listen(port, host, () => {
      probe.close(() => {
        resolve();
      });
    });
  });
}

/** Why a port can't be listened on, in a sentence where that is known. */
export function listenError(
  error: NodeJS.ErrnoException,
  port: number,
  host: string,
  setting: string,
): Error {
  switch (error.code) {
    case 'EADDRINUSE':
      return new StartError(
        `Port ${port} is in use by another program: stop it, or choose another port with ${setting}.`,
      );
    case 'EACCES':
      return new StartError(
        `Port ${port} may not be used by this user: choose one above 1023 with ${setting}.`,
      );
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
    case 'EINVAL':
      return new StartError(
        `HOST ${host} is no address of this machine: 127.0.0.1 is, and 0.0.0.0 stands for all of them.`,
      );
    default:
      return error;
  }
}
