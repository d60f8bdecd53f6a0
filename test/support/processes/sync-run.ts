import { expect } from 'chai';
import { allOf } from '../http/all-of.ts';
import type { Json } from '../http/api.ts';
import type { TestLedger } from '../ledger/test-ledger.ts';

/** Every sync job, in the order that mirrors a fresh account completely. */
export const syncs = [
  'sync.droplets',
  'sync.projects',
  'sync.domains',
  'sync.volumes',
  'sync.floating_ips',
  'sync.firewalls',
  'sync.load_balancers',
  'sync.snapshots',
  'sync.backups',
];

/** Runs a job as the schedule does, a minute after the one before, and returns its stored run. */
export function run(ledger: TestLedger, job: string) {
  ledger.clock.advance(60_000);
  return ledger.jobs.run(job, {}, { actor: { sub: `job:${job}`, tenant_id: null, roles: [] } });
}

/** Runs a job that has to complete, and returns its result. */
export async function completed(ledger: TestLedger, job: string): Promise<Json> {
  const { status, error, result } = await run(ledger, job);
  expect([job, status, error]).to.deep.equal([job, 'completed', null]);
  return result;
}

/** Runs a job that has to fail without leaving an event, and returns the reason. */
export async function failed(ledger: TestLedger, job: string): Promise<string> {
  const before = await ledger.eventCount();
  const { status, error } = await run(ledger, job);
  expect([job, status]).to.deep.equal([job, 'failed']);
  expect(await ledger.eventCount(), 'events').to.equal(before);
  return error ?? '';
}

/** Mirrors the whole account. */
export async function syncAll(ledger: TestLedger): Promise<void> {
  for (const job of syncs) await completed(ledger, job);
}

/** Everything in the inventory that matches a query, on however many pages, as an admin sees it. */
export async function inventoryOf(ledger: TestLedger, query = ''): Promise<Json[]> {
  await ledger.settled();
  return allOf(ledger, `inventory?limit=500${query}`);
}
