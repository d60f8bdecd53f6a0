/** When each job runs by itself (spec 14): a cron pattern in UTC. Jobs without one are queued by others. */
export const schedule = {
  // Every minute.
  'sync.droplets': '* * * * *',
  // At minutes 0, 15, 30 and 45 of every hour.
  'sync.projects': '*/15 * * * *',
  'sync.domains': '*/15 * * * *',
  'sync.volumes': '*/15 * * * *',
  'sync.floating_ips': '*/15 * * * *',
  'sync.firewalls': '*/15 * * * *',
  'sync.load_balancers': '*/15 * * * *',
  // Every ten minutes; finance five minutes after the mails.
  'invoices.send': '*/10 * * * *',
  'finance.ar': '5-59/10 * * * *',
  // Every hour, at minutes 7, 20, 33 and 41.
  'billing.balance': '7 * * * *',
  'drift.detect': '20 * * * *',
  'sync.snapshots': '33 * * * *',
  'sync.backups': '41 * * * *',
  // Every day at 00:20, 00:30, 01:10 and 02:23.
  'sync.sizes': '20 0 * * *',
  'spaces.sizes': '30 0 * * *',
  'metering.day': '10 1 * * *',
  'billing.history': '23 2 * * *',
  // Every day at 03:40, with AUTO_CORRECT=true.
  'invoices.correct': '40 3 * * *',
  // Every day at 04:10, after the month's invoices.
  'lifecycle.day': '10 4 * * *',
  // On the first of a month at 03:00.
  'invoices.rollup': '0 3 1 * *',
} as const satisfies Readonly<Record<string, string>>;
