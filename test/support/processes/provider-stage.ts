import { expect } from 'chai';
import {
  collectionOf,
  emptyAccount,
  idOf,
  type ResourceKind,
  type SimulatorSettings,
} from '../../../simulators/digitalocean/index.ts';
import { startTestLedger, type TestLedger, type TestLedgerOptions } from '../ledger/test-ledger.ts';
import { inventoryOf } from './sync-run.ts';

/** Limits that no test reaches. */
export const unlimited = { perMinute: 1_000_000, perHour: 1_000_000 };

/**
 * Gives the tests of a suite one ledger over a stand-in of its own, by default an empty account without
 * limits. Each test begins two hours after the one before, with an empty request log, and leaves no fault.
 * @param ready gets the ledger before the first test, and prepares what all tests have in common
 */
export function suiteHasProvider(
  settings: () => SimulatorSettings,
  ready: (ledger: TestLedger) => void | Promise<void>,
  options: Omit<TestLedgerOptions, 'digitalOcean'> = {},
): void {
  let ledger: TestLedger;
  before(async () => {
    const digitalOcean = { account: emptyAccount(), limits: unlimited, ...settings() };
    ledger = await startTestLedger({ ...options, digitalOcean });
    await ready(ledger);
  });
  after(async () => {
    await ledger.close();
  });
  beforeEach(() => {
    // Two hours later the windows of client and provider are empty again.
    ledger.clock.advance(7_200_000);
    ledger.digitalOcean.clock.advance(7_200_000);
    ledger.digitalOcean.requests.length = 0;
  });
  afterEach(() => {
    ledger.digitalOcean.faults.clear();
  });
}

/** The mirror holds each resource of a kind that the account has once, without a strike, and no other. */
export async function expectMirrored(ledger: TestLedger, kind: ResourceKind, mirrorKind: string = kind) {
  const account = collectionOf(ledger.digitalOcean.account, kind).map((item) => idOf(kind, item));
  const live = (await inventoryOf(ledger, `&kind=${mirrorKind}`))
    .filter((row) => row.status !== 'stale' && row.missed_syncs === 0)
    .map((row) => row.provider_id);
  expect(live.sort()).to.deep.equal(account.sort());
}

/** The mirror's row of a resource. */
export const rowOf = async (ledger: TestLedger, providerId: string | number) =>
  (await inventoryOf(ledger)).find((row) => row.provider_id === String(providerId));
