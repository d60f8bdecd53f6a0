import { resolve } from 'node:path';
import { expectFreePort, type Env } from './free-port.ts';
import { freshLedger, type DemoLedger } from './ledger.ts';

/** Where the demo keeps its ledger and files, as it was named. */
export const demoDataDir = (env: Env): string => env['ARCADIA_DATA'] ?? '.arcadia/demo';

/**
 * The demo's ledger, made anew once it is known that the service can listen.
 * @throws {StartError} when it can't
 */
export async function openDemoLedger(env: Env): Promise<DemoLedger> {
  await expectFreePort(env);
  return freshLedger(resolve(demoDataDir(env)), 'arcadia-cloud demo');
}
