import { expectPort } from '../src/cli/expect-port.ts';
import { loadConfig } from '../src/config.ts';

export type Env = Readonly<Record<string, string | undefined>>;

/** Makes sure, before anything is started, that the service can listen. @throws {StartError} when it can't */
export async function expectFreePort(env: Env): Promise<void> {
  const { port, host } = loadConfig({ PORT: env['PORT'], HOST: env['HOST'] }, ['api']);
  // Where no port was asked for, any free one does.
  await expectPort(env['PORT'] === undefined ? 0 : port, host, 'PORT');
}
