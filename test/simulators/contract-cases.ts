// What the contract check asks for, and the account that it asks.
import {
  aBackup,
  aDomain,
  aDroplet,
  aFirewall,
  aFloatingIp,
  aGpuDroplet,
  aLoadBalancer,
  aProject,
  aSnapshot,
  aVolume,
  emptyAccount,
  loadSampleAccount,
  type Account,
} from '../../simulators/digitalocean/index.ts';

const april = '66c69033-e9fe-51ae-af94-4fa3f5205f25';

/** One of everything that a builder makes. */
export const builtAccount = (): Account => {
  const droplet = aDroplet({ id: 500_900_001, volume_ids: ['5a4981aa-9653-4bd1-bef5-d6bff52042e4'] });
  const project = aProject({ id: 'ced7901a-8873-52cc-ac4c-2f64b396bdad' });
  const sample = loadSampleAccount();
  return {
    ...emptyAccount(),
    droplets: [droplet, aDroplet(), aDroplet(), aGpuDroplet(), aGpuDroplet()],
    backups: { [droplet.id]: [aBackup(), aBackup(), aBackup()] },
    domains: [aDomain({ name: 'a.example' }), aDomain(), aDomain()],
    volumes: [
      aVolume({ id: '5a4981aa-9653-4bd1-bef5-d6bff52042e4', droplet_ids: [droplet.id] }),
      aVolume(),
      aVolume(),
    ],
    snapshots: [aSnapshot({ id: '166900001' }), aSnapshot({ resource_type: 'volume' }), aSnapshot()],
    floating_ips: [
      aFloatingIp({ ip: '192.0.2.7', droplet, project_id: project.id }),
      aFloatingIp(),
      aFloatingIp(),
    ],
    firewalls: [
      aFirewall({ id: 'bb4b2611-3d72-467b-8602-280330ecd65c', droplet_ids: [droplet.id] }),
      aFirewall(),
      aFirewall(),
    ],
    load_balancers: [
      aLoadBalancer({ id: '4de7ac8b-495b-4884-9a69-1050c6793cd6' }),
      aLoadBalancer(),
      aLoadBalancer(),
    ],
    projects: [project, aProject(), aProject()],
    project_resources: {
      [project.id]: ['do:droplet:500900001', 'do:domain:a.example', 'do:floatingip:192.0.2.7'].map((urn) => ({
        urn,
        assigned_at: '2026-01-06T00:00:00Z',
        links: { self: 'https://api.digitalocean.com/v2/' },
        status: 'ok',
      })),
    },
    billing_history: sample.billing_history,
    invoices: sample.invoices,
  };
};

export interface Endpoint {
  /** As documented. */
  path: string;
  /** As asked for, per account. */
  built: string;
  sample?: string;
  /** Root key and item schema of a list, or root key and schema of one object. */
  list?: readonly [string, string];
  single?: readonly [string, string];
}

/** An invoice of the sample account, which the built one has too. */
export const invoicePath = `/v2/customers/my/invoices/${april}`;
export const endpoints: Endpoint[] = [
  { path: '/v2/droplets', built: '/v2/droplets', list: ['droplets', 'droplet'] },
  { path: '/v2/droplets', built: '/v2/droplets?type=gpus', list: ['droplets', 'droplet'] },
  {
    path: '/v2/droplets/{droplet_id}',
    built: '/v2/droplets/500900001',
    sample: '/v2/droplets/401000001',
    single: ['droplet', 'droplet'],
  },
  {
    path: '/v2/droplets/{droplet_id}/backups',
    built: '/v2/droplets/500900001/backups',
    sample: '/v2/droplets/401000001/backups',
    list: ['backups', 'droplet_snapshot'],
  },
  { path: '/v2/domains', built: '/v2/domains', list: ['domains', 'domain'] },
  { path: '/v2/volumes', built: '/v2/volumes', list: ['volumes', 'volume_full'] },
  { path: '/v2/snapshots', built: '/v2/snapshots', list: ['snapshots', 'snapshots'] },
  { path: '/v2/snapshots', built: '/v2/snapshots?resource_type=volume', list: ['snapshots', 'snapshots'] },
  { path: '/v2/floating_ips', built: '/v2/floating_ips', list: ['floating_ips', 'floating_ip'] },
  { path: '/v2/reserved_ips', built: '/v2/reserved_ips', list: ['reserved_ips', 'reserved_ip'] },
  { path: '/v2/firewalls', built: '/v2/firewalls', list: ['firewalls', 'firewall'] },
  { path: '/v2/load_balancers', built: '/v2/load_balancers', list: ['load_balancers', 'load_balancer'] },
  { path: '/v2/projects', built: '/v2/projects', list: ['projects', 'project'] },
  {
    path: '/v2/projects/{project_id}/resources',
    built: '/v2/projects/ced7901a-8873-52cc-ac4c-2f64b396bdad/resources',
    sample: '/v2/projects/ced7901a-8873-52cc-ac4c-2f64b396bdad/resources',
    list: ['resources', 'resource'],
  },
  { path: '/v2/customers/my/balance', built: '/v2/customers/my/balance' },
  {
    path: '/v2/customers/my/billing_history',
    built: '/v2/customers/my/billing_history',
    list: ['billing_history', 'billing_history'],
  },
  {
    path: '/v2/customers/my/invoices',
    built: '/v2/customers/my/invoices',
    list: ['invoices', 'invoice_preview'],
  },
  {
    path: '/v2/customers/my/invoices/{invoice_uuid}',
    built: invoicePath,
    list: ['invoice_items', 'invoice_item'],
  },
  {
    path: '/v2/customers/my/invoices/{invoice_uuid}',
    built: '/v2/customers/my/invoices/preview',
    list: ['invoice_items', 'invoice_item'],
  },
  { path: '/v2/customers/my/invoices/{invoice_uuid}/summary', built: `${invoicePath}/summary` },
  {
    path: '/v2/customers/my/invoices/{invoice_uuid}/summary',
    built: '/v2/customers/my/invoices/preview/summary',
  },
];

/** GETs by id that the description's excerpt leaves out: judged by the schema of the list's items. */
export const undocumented: readonly (readonly [string, string, string])[] = [
  ['/v2/domains/a.example', 'domain', 'domain'],
  ['/v2/volumes/5a4981aa-9653-4bd1-bef5-d6bff52042e4', 'volume', 'volume_full'],
  ['/v2/snapshots/166900001', 'snapshot', 'snapshots'],
  ['/v2/floating_ips/192.0.2.7', 'floating_ip', 'floating_ip'],
  ['/v2/reserved_ips/192.0.2.7', 'reserved_ip', 'reserved_ip'],
  ['/v2/firewalls/bb4b2611-3d72-467b-8602-280330ecd65c', 'firewall', 'firewall'],
  ['/v2/load_balancers/4de7ac8b-495b-4884-9a69-1050c6793cd6', 'load_balancer', 'load_balancer'],
  ['/v2/projects/ced7901a-8873-52cc-ac4c-2f64b396bdad', 'project', 'project'],
];
