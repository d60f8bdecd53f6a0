import { expect } from 'chai';
import { costLineSteps } from '../../../commands/costs/cost-lines.ts';
import { lineMatcher, type MatchCandidate } from '../../../commands/costs/match-lines.ts';
import type { InvoiceCsvLine } from '../../../src/digitalocean/invoice-csv.ts';
import type { CostLine } from '../../../src/events/costs.ts';
import { atOnce } from '../../../src/runtime/in-turns.ts';

const uuid = '5b1c8f1e-0000-4000-8000-00000000000a';

function csvLine(
  product: string,
  description: string,
  changes: Partial<InvoiceCsvLine> = {},
): InvoiceCsvLine {
  return {
    line_no: 1,
    product,
    group_description: null,
    description,
    hours: '672',
    started_at: '2026-04-01T00:00:00Z',
    ended_at: '2026-05-01T00:00:00Z',
    amount_cents: 600,
    project_name: null,
    category: 'iaas',
    ...changes,
  };
}

function line(
  product: string,
  description: string,
  changes: Partial<InvoiceCsvLine> = {},
  id: string | null = null,
): CostLine {
  return {
    ...(atOnce(costLineSteps([csvLine(product, description, changes)], null))[0] as CostLine),
    provider_resource_id: id,
  };
}

function candidate(
  resourceId: string,
  kind: string,
  name: string,
  changes: Partial<MatchCandidate> = {},
): MatchCandidate {
  return {
    resource_id: resourceId,
    provider_id: `${resourceId}-at-provider`,
    kind,
    names: [{ name, from: null, to: null }],
    alive_from: null,
    alive_to: null,
    ...changes,
  };
}

const outcome = (of: CostLine, ...candidates: MatchCandidate[]) => {
  const match = lineMatcher(candidates)(of);
  return match.resource_id ?? match.unmatched_reason;
};

describe('matching invoice lines to the inventory', () => {
  it('goes by kind and name, in any case', () => {
    expect(
      outcome(
        line('Droplets', 'Git.Example.com (s-1vcpu-1gb)'),
        candidate('r1', 'droplet', 'git.example.COM'),
      ),
    ).to.equal('r1');
    expect(
      outcome(
        line('Droplet Snapshots', 'git.example.com (4.5 GB)'),
        candidate('r1', 'droplet', 'git.example.com'),
      ),
    ).to.equal('not-found');
    expect(outcome(line('Droplets', 'other (s-1vcpu-1gb)'), candidate('r1', 'droplet', 'git'))).to.equal(
      'not-found',
    );
  });

  it('removes only the last group in parentheses from the name', () => {
    const copy = line('Droplet Snapshots', 'legacy-wiki (copy) (20.5 GB)');
    expect(outcome(copy, candidate('r1', 'snapshot', 'legacy-wiki'))).to.equal('not-found');
    expect(outcome(copy, candidate('r1', 'snapshot', 'legacy-wiki (copy)'))).to.equal('r1');
  });

  it('matches a backup line to the parent droplet', () => {
    const backup = line('Droplet Backups', 'git (Weekly Backup Services)');
    expect(
      outcome(backup, candidate('d', 'droplet', 'git'), candidate('b', 'droplet_backup', 'git')),
    ).to.equal('d');
    expect(
      outcome(
        { ...backup, provider_resource_id: '77' },
        candidate('d', 'droplet', 'git'),
        candidate('x', 'droplet', 'else', { provider_id: '77' }),
      ),
    ).to.equal('x');
    expect(
      outcome({ ...backup, provider_resource_id: '78' }, candidate('d', 'droplet', 'git')),
      "the id may be the backup's own",
    ).to.equal('d');
  });

  it('leaves a line that two resources may mean unmatched, as ambiguous', () => {
    expect(
      outcome(
        line('Droplets', 'web (s)'),
        candidate('r1', 'droplet', 'Web'),
        candidate('r2', 'droplet', 'WEB'),
      ),
    ).to.equal('ambiguous');
    expect(
      outcome(
        line('Droplets', 'web (s)'),
        candidate('r1', 'droplet', 'web'),
        candidate('r2', 'droplet', 'web'),
      ),
    ).to.equal('ambiguous');
    const twoNames = candidate('r1', 'droplet', 'web', {
      names: [
        { name: 'web', from: null, to: '2026-04-10T00:00:00Z' },
        { name: 'Web', from: '2026-04-10T00:00:00Z', to: null },
      ],
    });
    expect(outcome(line('Droplets', 'web (s)'), twoNames), 'one resource under two names is one').to.equal(
      'r1',
    );
  });

  it('prefers a name in the same case, and ignores case only where no such name exists', () => {
    const two = [candidate('upper', 'droplet', 'Web'), candidate('lower', 'droplet', 'web')];
    expect(outcome(line('Droplets', 'web (s)'), ...two)).to.equal('lower');
    expect(outcome(line('Droplets', 'Web (s)'), ...two)).to.equal('upper');
    expect(outcome(line('Droplets', 'WEB (s)'), ...two)).to.equal('ambiguous');
    const gone = { ...candidate('lower', 'droplet', 'web'), alive_to: '2026-03-01T00:00:00.000Z' };
    expect(
      outcome(line('Droplets', 'web (s)'), candidate('upper', 'droplet', 'Web'), gone),
      'what was not there then has no name',
    ).to.equal('upper');
  });

  it('takes names without the blanks around them, and in any form of Unicode', () => {
    expect(
      outcome(line('Droplet Snapshots', 'nightly  (20 GB)'), candidate('r1', 'snapshot', 'nightly ')),
    ).to.equal('r1');
    expect(
      outcome(line('Droplet Snapshots', 'nightly (20 GB)'), candidate('r1', 'snapshot', ' \u00a0nightly\t')),
    ).to.equal('r1');
    const [composed, apart] = ['caf\u00e9', 'cafe\u0301'];
    expect(outcome(line('Droplets', `${composed} (s)`), candidate('r1', 'droplet', apart))).to.equal('r1');
    expect(outcome(line('Droplets', `${apart} (s)`), candidate('r1', 'droplet', composed))).to.equal('r1');
    expect(
      outcome(
        line('Droplets', `${apart} (s)`),
        candidate('r1', 'droplet', composed),
        candidate('r2', 'droplet', composed.toUpperCase()),
      ),
      'the same letters count as the same case',
    ).to.equal('r1');
    const kubernetes = line('Kubernetes Clusters', '4 nodes', { group_description: 'PROD ' });
    expect(outcome(kubernetes, candidate('r1', 'k8s_cluster', 'prod'))).to.equal('r1');
  });

  it('of two snapshots of one name takes the one of what the line says: a droplet or a volume', () => {
    const ofDroplet = candidate('d', 'snapshot', 'nightly', {
      provider_id: '6372321',
      snapshot_of: 'droplet',
    });
    const ofVolume = candidate('v', 'snapshot', 'nightly', { provider_id: uuid, snapshot_of: 'volume' });
    const means = (product: string, description: string, ...candidates: MatchCandidate[]) =>
      outcome(line(product, description), ...candidates);
    expect(means('Droplet Snapshots', 'nightly (20 GB)', ofDroplet, ofVolume)).to.equal('d');
    expect(means('Volume Snapshots', 'nightly (20 GB)', ofDroplet, ofVolume)).to.equal('v');
    expect(means('Snapshots', 'nightly (Volume Snapshot)', ofDroplet, ofVolume)).to.equal('v');
    expect(means('Snapshots', 'nightly (droplet snapshots)', ofDroplet, ofVolume)).to.equal('d');
    expect(means('Snapshots', 'nightly (20 GB)', ofDroplet, ofVolume), 'it does not say').to.equal(
      'ambiguous',
    );
    for (const group of ['(Volume)', '(Volume, 20 GB)', '(20 GB volume)'])
      expect(means('Snapshots', `nightly ${group}`, ofDroplet, ofVolume), group).to.equal('v');
    const grouped = (group: string) =>
      outcome(line('Snapshots', 'nightly (20 GB)', { group_description: group }), ofDroplet, ofVolume);
    expect([grouped('Volumes'), grouped(' Droplet '), grouped('Volume Snapshots')]).to.deep.equal([
      'v',
      'd',
      'v',
    ]);
    expect(grouped('my-droplet'), 'a name is not what a snapshot is of').to.equal('ambiguous');
    expect(
      means('Snapshots', 'volume (20 GB)', candidate('d', 'snapshot', 'volume', { snapshot_of: 'droplet' })),
      'nor is that of a snapshot',
    ).to.equal('d');
    expect(
      means('Droplet Snapshots', 'nightly (20 GB)', ofVolume),
      "the only one of that name is no droplet's",
    ).to.equal('not-found');
    expect(
      means('Snapshots', 'volume snapshot-1 (20 GB)', candidate('d', 'snapshot', 'volume snapshot-1')),
      'of what is not known may be meant',
    ).to.equal('d');
    const unnamed = (id: string) => candidate('x', 'snapshot', 'nightly', { provider_id: id });
    expect(
      means('Volume Snapshots', 'nightly (20 GB)', unnamed('6372321')),
      "a number is the id of a droplet's snapshot",
    ).to.equal('not-found');
    expect(means('Volume Snapshots', 'nightly (20 GB)', unnamed(uuid))).to.equal('x');
  });

  const nearest = (of: CostLine, ...candidates: MatchCandidate[]) => lineMatcher(candidates)(of).nearest;

  it('names the nearest resource of that kind and time for a name that differs, if one is near', () => {
    const wiki = candidate('wiki', 'snapshot', 'legacy-wiki', { snapshot_of: 'droplet' });
    const shop = candidate('shop', 'snapshot', 'legacy-shop', { snapshot_of: 'droplet' });
    const copy = line('Droplet Snapshots', 'Legacy-Wiki (copy) (20.5 GB)');
    expect(nearest(copy, shop, wiki)).to.deep.equal({ resource_id: 'wiki', name: 'legacy-wiki' });
    expect(nearest(copy, candidate('d', 'droplet', 'legacy-wiki')), 'of another kind').to.equal(undefined);
    expect(nearest(copy, { ...wiki, snapshot_of: 'volume' }), 'of another source').to.equal(undefined);
    expect(nearest(copy, { ...wiki, alive_to: '2026-03-01T00:00:00.000Z' }), 'of another time').to.equal(
      undefined,
    );
    expect(nearest(copy, candidate('x', 'snapshot', 'mail-2025-12')), 'too far').to.equal(undefined);
    expect(
      nearest(
        line('Droplets', 'web (s)'),
        candidate('r1', 'droplet', 'web'),
        candidate('r2', 'droplet', 'web'),
      ),
      'two of that very name',
    ).to.equal(undefined);
    expect(
      nearest(
        line('Droplets', 'web-02.example.com (s)'),
        ...Array.from({ length: 5_000 }, (_, n) => candidate(`r${n}`, 'droplet', `db-${n}.example.com`)),
        candidate('near', 'droplet', 'web-2.example.com'),
      ),
    ).to.deep.equal({ resource_id: 'near', name: 'web-2.example.com' });
  });

  it('takes a line without dates for one of the whole month', () => {
    const month = { from: '2026-04-01T00:00:00.000Z', to: '2026-05-01T00:00:00.000Z' };
    const undated = line('Droplets', 'web (s)', { started_at: null, ended_at: null });
    const lived = (alive_from: string | null, alive_to: string | null) =>
      lineMatcher([candidate('r1', 'droplet', 'web', { alive_from, alive_to })], month)(undated).resource_id;
    expect(lived('2026-04-30T23:00:00.000Z', null)).to.equal('r1');
    expect(lived('2026-05-01T00:00:00.000Z', null)).to.equal(null);
    expect(lived(null, '2026-03-31T23:00:00.000Z')).to.equal(null);
  });

  it('takes gone resources too, and only those whose life overlaps the line', () => {
    const web = line('Droplets', 'web (s)', {
      started_at: '2026-04-05T00:00:00Z',
      ended_at: '2026-04-10T00:00:00Z',
    });
    const lived = (alive_from: string | null, alive_to: string | null) =>
      candidate('r1', 'droplet', 'web', { alive_from, alive_to });
    expect(outcome(web, lived('2026-04-01T00:00:00.000Z', '2026-04-07T00:00:00.000Z'))).to.equal('r1');
    expect(outcome(web, lived('2026-04-09T23:59:59.000Z', null))).to.equal('r1');
    expect(outcome(web, lived('2026-04-10T00:00:00.000Z', null)), 'the end is exclusive').to.equal(
      'not-found',
    );
    expect(outcome(web, lived(null, '2026-04-04T23:59:59.000Z'))).to.equal('not-found');
    expect(
      outcome(
        web,
        { ...lived(null, '2026-04-04T23:00:00.000Z'), resource_id: 'old' },
        { ...lived('2026-04-05T00:00:00.000Z', null), resource_id: 'new' },
      ),
    ).to.equal('new');
  });

  it('goes by the names that resources bore then', () => {
    const renamed = candidate('r1', 'droplet', '', {
      names: [
        { name: 'old', from: null, to: '2026-04-15T00:00:00.000Z' },
        { name: 'new', from: '2026-04-15T00:00:00.000Z', to: null },
      ],
    });
    const early = { started_at: '2026-04-01T00:00:00Z', ended_at: '2026-04-10T00:00:00Z' };
    expect(outcome(line('Droplets', 'old (s)'), renamed)).to.equal('r1');
    expect(outcome(line('Droplets', 'new (s)'), renamed)).to.equal('r1');
    expect(outcome(line('Droplets', 'old (s)', early), renamed)).to.equal('r1');
    expect(outcome(line('Droplets', 'new (s)', early), renamed)).to.equal('not-found');
  });

  it('goes by the id of the JSON form before any name; a namesake is another machine', () => {
    const byId = candidate('r1', 'droplet', 'renamed since', { provider_id: '123' });
    expect(outcome(line('Droplets', 'web (s)', {}, '123'), byId, candidate('r2', 'droplet', 'web'))).to.equal(
      'r1',
    );
    expect(
      outcome(
        line('Droplets', 'web (s)', {}, '124'),
        candidate('r2', 'droplet', 'web', { provider_id: '125' }),
      ),
    ).to.equal('not-found');
    expect(
      outcome(line('Droplet Snapshots', 'snap (1 GB)', {}, '123'), byId),
      "an image's number is no droplet's",
    ).to.equal('not-found');
    expect(
      outcome(line('Droplets', 'web (s)', {}, uuid), candidate('r2', 'droplet', 'web')),
      'droplets are not known by uuid',
    ).to.equal('r2');
    expect(
      outcome(
        line('Floating IPs', 'Unused Floating IP - 1.1.1.1', {}, uuid),
        candidate('ip', 'floating_ip', '1.1.1.1'),
      ),
      'nor are addresses',
    ).to.equal('ip');
    expect(
      outcome(
        line('App Platform', 'my-app', {}, uuid.toUpperCase()),
        candidate('app', 'app', 'my-app', { provider_id: uuid }),
      ),
    ).to.equal('app');
  });

  it('distinguishes tax, lines that name no resource, and resources not found', () => {
    expect(outcome(line('Taxes', 'GST (10.0%)'))).to.equal('tax');
    expect(outcome(line('Surcharge', 'State sales TAX'))).to.equal('tax');
    expect(outcome(line('Credits', 'DigitalOcean Credit Applied'))).to.equal('no-kind');
    expect(
      outcome(line('Spaces Subscription', 'Spaces Subscription (250GB storage & 1TB bandwidth)')),
    ).to.equal('not-found');
  });

  it('a droplet named taxi-1 is no tax', () => {
    const taxi = line('Droplets', 'taxi-1 (s-1vcpu-1gb)');
    expect(taxi.is_tax).to.equal(false);
    expect(outcome(taxi, candidate('r1', 'droplet', 'taxi-1'))).to.equal('r1');
  });

  it('a line without extent is about its instant', () => {
    const instant = line('Droplets', 'web (s)', {
      started_at: '2026-04-05T00:00:00Z',
      ended_at: '2026-04-05T00:00:00Z',
    });
    expect(
      outcome(instant, candidate('r1', 'droplet', 'web', { alive_from: '2026-04-05T00:00:00.000Z' })),
    ).to.equal('r1');
    expect(
      outcome(instant, candidate('r1', 'droplet', 'web', { alive_from: '2026-04-05T00:00:01.000Z' })),
    ).to.equal('not-found');
  });
});
