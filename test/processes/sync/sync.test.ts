import { expect } from 'chai';
import { startTestLedger } from '../../support/ledger/test-ledger.ts';
import type { TestLedger } from '../../support/ledger/test-ledger.ts';
import { completed, failed, inventoryOf, run, syncAll, syncs } from '../../support/processes/sync-run.ts';

async function countByKind(ledger: TestLedger): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { kind } of (await inventoryOf(ledger)) as { kind: string }[])
    counts[kind] = (counts[kind] ?? 0) + 1;
  return counts;
}

describe('syncs of the sample account', () => {
  let ledger: TestLedger;
  before(async () => {
    ledger = await startTestLedger({ digitalOcean: {} });
    await syncAll(ledger);
  });
  after(async () => {
    await ledger.close();
  });

  it('mirror the whole account', async () => {
    expect(await countByKind(ledger)).to.deep.equal({
      droplet: 5,
      dns_zone: 7,
      snapshot: 12,
      droplet_backup: 4,
      firewall: 1,
      spaces_bucket: 6,
    });
  });

  it('add nothing but their own record to an unchanged account', async () => {
    const before = await ledger.eventCount();
    for (const job of syncs) expect(await completed(ledger, job), job).to.include({ changed: 0, missed: 0 });
    expect(await ledger.eventCount()).to.equal(before + syncs.length);
  });

  it('show when a resource was last seen without writing it to every row', async () => {
    const before = await inventoryOf(ledger, '&kind=dns_zone');
    await completed(ledger, 'sync.domains');
    const started = ledger.clock.now();
    const after = await inventoryOf(ledger, '&kind=dns_zone');
    expect(after.map((row) => row.last_seen_at)).to.deep.equal(after.map(() => started));
    expect(before.every((row) => row.last_seen_at < started)).to.equal(true);
  });

  it('change what changed, and nothing else', async () => {
    const { digitalOcean } = ledger;
    digitalOcean.rename('droplet', 401000001, 'renamed');
    const before = await ledger.eventCount();
    expect(await completed(ledger, 'sync.droplets')).to.deep.equal({ seen: 5, changed: 1, missed: 0 });
    expect(await ledger.eventCount()).to.equal(before + 2);
    expect((await inventoryOf(ledger, '&kind=droplet')).map((row) => row.name)).to.include('renamed');
  });

  it('list the backups of a droplet that is off', async () => {
    const { digitalOcean } = ledger;
    const [droplet] = (await inventoryOf(ledger, '&kind=droplet')).filter(
      (row) => row.attrs.backup_ids.length > 0,
    );
    digitalOcean.update('droplet', Number(droplet.provider_id), { status: 'off' });
    await completed(ledger, 'sync.droplets');
    expect(await completed(ledger, 'sync.backups')).to.deep.equal({ seen: 4, changed: 0, missed: 0 });
  });
});

describe('syncs without a token', () => {
  let ledger: TestLedger;
  before(async () => {
    ledger = await startTestLedger();
  });
  after(async () => {
    await ledger.close();
  });

  it('say so', async () => {
    for (const job of syncs) expect(await failed(ledger, job), job).to.contain('not-configured');
    expect((await run(ledger, 'drift.detect')).status).to.equal('completed');
  });
});
