// What the demo runs on: a fresh ledger, the stand-ins for the outside world, and the service.
import { randomBytes } from 'node:crypto';
import { resolve } from 'node:path';
import type { FinanceSimulator } from '../simulators/finance/index.ts';
import { renderer } from '../src/documents/renderer.ts';
import { createDemoClock, type DemoClock } from './demo-clock.ts';
import { demoDataDir, openDemoLedger } from './demo-ledger.ts';
import type { Env } from './free-port.ts';
import type { DemoLedger } from './ledger.ts';
import { addMoreAccount } from './more-account.ts';
import { allStarted, Closers, startService, startStandIns, tokenFor } from './service-with-stand-ins.ts';

/** Where the story begins: two customers come. */
export const demoStart = '2026-03-01T01:00:00.000Z';
/** Where the sample account stands: April is over and billed. */
export const demoNow = '2026-05-09T15:05:00.000Z';
/** The tenant whose month the demo is about. */
export const demoTenant = 'dashboard-pilot';

export interface DemoSetup {
  url: string;
  adminToken: string;
  tenantToken: string;
  /** Links that sign in to the console, once: the operator, and the tenant. */
  links: { admin: string; tenant: string };
  /** A token of any tenant. */
  tokenOf(tenantId: string): string;
  finance: FinanceSimulator;
  /** Stands at `demoStart`. */
  clock: DemoClock;
  /** Where the ledger is, as it was named. */
  dataDir: string;
  /** Null where the ledger stays when the demo is closed, else why it does not. */
  temporaryBecause: string | null;
  /** Stops everything, the last part first. */
  close(): Promise<void>;
}

/**
 * Starts all of it. When a part fails to start, the others are stopped.
 * @param opening the ledger, which may be on its way already
 */
export async function setUpDemo(
  env: Env,
  opening: Promise<DemoLedger> = openDemoLedger(env),
): Promise<DemoSetup> {
  const closers = new Closers();
  try {
    return { ...(await start(env, opening, closers)), close: () => closers.close() };
  } catch (error) {
    await closers.close();
    throw error;
  }
}

async function start(
  env: Env,
  opening: Promise<DemoLedger>,
  closers: Closers,
): Promise<Omit<DemoSetup, 'close'>> {
  const named = demoDataDir(env);
  const dataDir = resolve(named);
  const secret = randomBytes(48).toString('base64url');
  const clock = createDemoClock(demoStart);
  // The account stands at the end of the story from the start: nothing asks for it before.
  const accountClock = { now: () => (clock.now() < demoNow ? demoNow : clock.now()) };
  const [standIns, ledger] = await allStarted([
    startStandIns({ secret, clock: accountClock, dataDir }, closers),
    closers.opened(opening, (opened) => opened.leave()),
  ]);
  addMoreAccount(standIns.digitalOcean);
  const { url, signInLink } = await startService(
    { env, secret, clock, ledger, dataDir, standIns, worker: false },
    closers,
  );
  // The invoices of March, the first documents, are sent a few seconds from now.
  renderer.warm();
  closers.add(() => renderer.close());
  const person = (tenant: string) => ({ sub: `demo@${tenant}`, tenant });
  const tokenOf = (tenant: string, role?: string): string =>
    tokenFor(secret, { ...person(tenant), ...(role === undefined ? {} : { role }) });
  return {
    url,
    links: {
      admin: await signInLink({ ...person('platform-admin'), role: 'platform_admin' }),
      tenant: await signInLink(person(demoTenant)),
    },
    adminToken: tokenOf('platform-admin', 'platform_admin'),
    tenantToken: tokenOf(demoTenant),
    tokenOf: (tenant) => tokenOf(tenant),
    finance: standIns.finance,
    clock,
    dataDir: named,
    temporaryBecause: ledger.temporaryBecause,
  };
}
