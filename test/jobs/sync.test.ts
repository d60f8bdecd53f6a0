import { expect } from 'chai';
import { ok } from '../support/api.ts';
import { startTestLedger } from '../support/ledger.ts';
import type { TestLedger } from '../support/ledger.ts';

const syncs = ['sync.droplets', 'sync.projects', 'sync.domains', 'sync.volumes', 'sync.floating_ips', 'sync.firewalls', 'sync.load_balancers', 'sync.snapshots', 'sync.backups'];

/** Runs a job and answers its stored run. */
const run = (ledger: TestLedger, job: string) => ledger.jobs.run(job, {}, { actor: { sub: `job:${job}`, tenant_id: null, roles: [] } });

async function countByKind(ledger: TestLedger): Promise<Record<string, number>> {
  const { data } = await ok(ledger.api.get('inventory?limit=500'));
  const counts: Record<string, number> = {};
  for (const { kind } of data as { kind: string }[]) counts[kind] = (counts[kind] ?? 0) + 1;
  return counts;
}

describe('syncs of the sample account', () => {
  let ledger: TestLedger;
  before(async () => { ledger = await startTestLedger({ digitalOcean: {} }); });
  after(async () => { await ledger.close(); });

  it('mirror the whole account', async () => {
    for (const job of syncs) {
      const { status, error } = await run(ledger, job);
      expect([job, status, error]).to.deep.equal([job, 'completed', null]);
    }
    expect(await countByKind(ledger)).to.deep.equal({ droplet: 5, dns_zone: 7, snapshot: 12, droplet_backup: 4, firewall: 1, spaces_bucket: 6 });
  });

  it('add nothing but their own record to an unchanged account', async () => {
    await run(ledger, 'sync.projects');
    const before = await ledger.eventCount();
    for (const job of syncs) {
      ledger.clock.advance(60_000);
      const { result } = await run(ledger, job);
      expect(result, job).to.include({ changed: 0, missed: 0 });
    }
    expect(await ledger.eventCount()).to.equal(before + syncs.length);
  });
});
