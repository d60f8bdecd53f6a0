import { expect } from 'chai';
import { collectionOf, idOf, type ResourceKind } from '../../../simulators/digitalocean/index.ts';
import type { TestLedger } from '../ledger/test-ledger.ts';
import { inventoryOf } from './sync-run.ts';

/** The rows of a kind that the mirror holds for live and that the last sweep saw, by provider id. */
async function liveIds(ledger: TestLedger, kind: string): Promise<string[]> {
  const ids: string[] = [];
  for (let cursor = ''; ;) {
    await ledger.settled();
    const { body } = await ledger.api.get(`inventory?limit=500&kind=${kind}${cursor}`);
    for (const row of body.data)
      if (row.status !== 'stale' && row.missed_syncs === 0) ids.push(row.provider_id);
    if (body.next_cursor === null) return ids.sort();
    cursor = `&cursor=${body.next_cursor}`;
  }
}

/** The mirror holds each resource of a kind that the account has once, without a strike, and no other. */
export async function expectMirrored(ledger: TestLedger, kind: ResourceKind, mirrorKind: string = kind) {
  const account = collectionOf(ledger.digitalOcean.account, kind).map((item) => idOf(kind, item));
  expect(await liveIds(ledger, mirrorKind)).to.deep.equal(account.sort());
}

/** The mirror's row of a resource. */
export const rowOf = async (ledger: TestLedger, providerId: string | number) =>
  (await inventoryOf(ledger)).find((row) => row.provider_id === String(providerId));
