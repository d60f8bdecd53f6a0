import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { parseInvoiceCsv } from '../../support/digitalocean/parse-invoice-csv.ts';
import { classifyLine, withoutLastGroup } from '../../../commands/costs/line-kind.ts';

const april = readFileSync(
  new URL(
    '../../../simulators/digitalocean/sample-account/invoices/66c69033-e9fe-51ae-af94-4fa3f5205f25.csv',
    import.meta.url,
  ),
  'utf8',
);

const line = (
  product: string,
  description: string,
  group: string | null = null,
): ReturnType<typeof classifyLine> => classifyLine({ product, description, group_description: group });

describe('classifyLine', () => {
  it('knows every line of the April 2026 sample', () => {
    const expected = [
      ...[
        'git.example.com',
        'app-1.example.com',
        'app-2.example.com',
        'mail.example.com',
        'worker-1.example.com',
        'repo.example.com',
      ].map((name) => `droplet ${name}`),
      ...[
        'staging-1',
        'staging-2',
        'ci-runner-a',
        'ci-runner-b',
        'loadtest-1',
        'loadtest-2',
        'wiki-old',
        'shop-old',
        'vpn-old',
      ].map((name) => `droplet ${name}`),
      'droplet_backup git.example.com',
      'droplet_backup repo.example.com',
      ...[
        'git-2025-01',
        'git-2025-07',
        'app-1-golden',
        'app-2-golden',
        'mail-2025-12',
        'worker-base',
        'legacy-wiki',
        'legacy-shop',
        'repo-final',
      ].map((name) => `snapshot ${name}`),
      ...['staging-final', 'ci-image', 'vpn-image-v2', 'legacy-wiki (copy)', 'shop_final'].map(
        (name) => `snapshot ${name}`,
      ),
      'spaces_bucket Spaces Subscription',
      'tax',
    ];
    const found = parseInvoiceCsv(april).lines.map(classifyLine);
    expect(
      found.map((each) => (each.is_tax ? 'tax' : `${each.kind ?? ''} ${each.name ?? ''}`)),
    ).to.deep.equal(expected);
  });

  it('takes specific phrases before the products that they contain', () => {
    expect(line('Droplet Snapshots', 'a (1 GB)')).to.include({ kind: 'snapshot' });
    expect(line('Volume Snapshots', 'a (1 GB)')).to.include({ kind: 'snapshot' });
    expect(line('Droplet Backups', 'web (Weekly Backup Services)')).to.include({
      kind: 'droplet_backup',
      name: 'web',
    });
    expect(line('GPU Droplets', 'h100 (gpu-h100x1-80gb)')).to.include({ kind: 'droplet', name: 'h100' });
  });

  it('knows the other products by theirs', () => {
    expect(line('Volumes', 'data (sfo2) 100GB')).to.include({ kind: 'volume', name: 'data' });
    expect(line('Volumes', 'data (100 GB)')).to.include({ kind: 'volume', name: 'data' });
    expect(line('Floating IPs', 'Unused Floating IP - 1.1.1.1')).to.include({
      kind: 'floating_ip',
      name: '1.1.1.1',
    });
    expect(line('Reserved IPs', 'Unused Reserved IP - 203.0.113.9 (syd1)')).to.include({
      kind: 'floating_ip',
      name: '203.0.113.9',
    });
    expect(line('Reserved IPs', 'Unused Reserved IP - 2001:db8::1')).to.include({
      kind: 'floating_ip',
      name: '2001:db8::1',
    });
    expect(line('Load Balancers', 'lb-1 (lb-small)')).to.include({ kind: 'load_balancer', name: 'lb-1' });
    expect(line('Kubernetes Clusters', '4 nodes - 2 GB / 1 vCPU / 50 GB SSD', 'prod')).to.include({
      kind: 'k8s_cluster',
      name: 'prod',
    });
    expect(line('Database Clusters', 'db-s-1vcpu-1gb', 'main-db')).to.include({
      kind: 'managed_db',
      name: 'main-db',
    });
    expect(line('Spaces Subscription', 'Spaces Subscription (250GB storage & 1TB bandwidth)')).to.include({
      kind: 'spaces_bucket',
    });
    expect(line('Database Backups', 'db-s-1vcpu-1gb', 'main-db')).to.include({ kind: 'managed_db' });
    expect(line('Spaces Access Logs', 'bucket')).to.include({ kind: null });
    expect(line('Uptime Health Check', 'check (fast)')).to.deep.equal({
      kind: null,
      is_tax: false,
      name: null,
    });
  });

  it('calls tax what the product or, without a kind, the description calls so', () => {
    expect(line('Taxes', 'STATE SALES (6.25%)')).to.include({ is_tax: true, kind: null });
    expect(line('taxes', 'x')).to.include({ is_tax: true });
    expect(line('Adjustment', 'gst Australia (10.00%)')).to.include({ is_tax: true });
    expect(line('Adjustment', 'State SalesTAX')).to.include({ is_tax: true });
    expect(line('Credits', 'DigitalOcean Credit Applied')).to.include({ is_tax: false });
  });

  it('takes no resource for tax because of its name', () => {
    expect(line('Droplets', 'taxi-1 (s-1vcpu-1gb)')).to.include({
      is_tax: false,
      kind: 'droplet',
      name: 'taxi-1',
    });
    expect(line('Droplet Snapshots', 'gst-reports (1 GB)')).to.include({ is_tax: false, kind: 'snapshot' });
    expect(line('Database Clusters', 'taxes', 'tax-db')).to.include({
      is_tax: false,
      kind: 'managed_db',
      name: 'tax-db',
    });
  });

  it('takes no kind from a name', () => {
    expect(line('Droplets', 'snapshot-volume-backup (s-1vcpu-1gb)')).to.include({
      kind: 'droplet',
      name: 'snapshot-volume-backup',
    });
  });
});

describe('withoutLastGroup', () => {
  const cases: readonly (readonly [string, string])[] = [
    ['legacy-wiki (copy) (20.5 GB)', 'legacy-wiki (copy)'],
    ['name', 'name'],
    ['name (a (b))', 'name'],
    ['name) (x)', 'name)'],
    ['name (a) tail', 'name (a) tail'],
    ['broken))', 'broken))'],
    ['(all)', ''],
    [' spaced  (x) ', 'spaced'],
  ];
  for (const [description, name] of cases) {
    it(`leaves ${JSON.stringify(name)} of ${JSON.stringify(description)}`, () => {
      expect(withoutLastGroup(description)).to.equal(name);
    });
  }
});
