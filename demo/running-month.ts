// May so far: what the running month has to show, and what is open on the day of the story.
import { daysFrom } from '../src/pricing/calendar.ts';
import * as answers from './answers.ts';
import type { Api } from './api.ts';
import type { EarlierCustomers } from './earlier-customers.ts';
import { completeJob, DemoError, meterDays } from './job.ts';
import { bookshopDroplets, bookshopProject } from './more-account.ts';
import { bookshop } from './parties.ts';
import { reportBandwidth, reportTokens } from './reports.ts';
import { said, type DemoSteps } from './steps.ts';

type Resources = readonly { id: string; name: string; kind: string }[];

function named(resources: Resources, kind: string, name: string): string {
  const found = resources.find((one) => one.kind === kind && one.name === name);
  if (found === undefined) throw new DemoError(`the account has no ${kind} ${name}`);
  return found.id;
}

/**
 * Zones and an image that were the two customers' already in April. To be called before the droplet that the
 * image was made of is tied: the image would follow it.
 */
export async function tieEarlierResources(
  admin: Api,
  steps: DemoSteps,
  { shop, intranet }: EarlierCustomers,
): Promise<void> {
  await steps.run('What the two customers have of it', async () => {
    const { data } = await admin.get('inventory?limit=500', answers.resourceList);
    const tie = (deployment: string, resource_id: string, effective_from: string): Promise<unknown> =>
      admin.post(`deployments/${deployment}/resources`, { resource_id, effective_from }, answers.anything);
    await tie(shop, named(data, 'dns_zone', 'shop.example'), '2026-04-01');
    await tie(intranet, named(data, 'dns_zone', 'wiki.example'), '2026-04-10');
    await tie(intranet, named(data, 'snapshot', 'vpn-image'), '2026-04-10');
    return said('two zones and an image');
  });
}

/** Droplets since 2 May, one of them larger than ordered, and the usage of the days that have ended. */
export async function runMay(
  admin: Api,
  steps: DemoSteps,
  { shop, assistant }: EarlierCustomers,
): Promise<void> {
  await steps.run('2 May: two droplets for the shop', async () => {
    const { data: projects } = await admin.get('projects?limit=500', answers.projectList);
    const project = projects.find(({ name }) => name === bookshopProject);
    if (project === undefined) throw new DemoError(`the account has no project ${bookshopProject}`);
    await admin.post(`projects/${project.id}/assign`, { tenant_id: bookshop }, answers.assigned);
    const { data } = await admin.get('inventory?kind=droplet&limit=500', answers.resourceList);
    for (const name of bookshopDroplets) {
      const resource_id = named(data, 'droplet', name);
      const tie = { resource_id, effective_from: '2026-05-02' };
      await admin.post(`deployments/${shop}/resources`, tie, answers.anything);
      const spec = { region: 'syd1', size_slug: 's-1vcpu-2gb' };
      await admin.post(`inventory/${resource_id}/provisioned`, { spec }, answers.anything);
    }
    await completeJob(admin, 'drift.detect');
    return said('one of them is larger than it was ordered');
  });
  await steps.run('May so far, and who is late', async (progress) => {
    const days = daysFrom('2026-05-01', '2026-05-08');
    await reportBandwidth(admin, shop, days, 71);
    await reportTokens(admin, assistant, days, 97_000);
    await meterDays(admin, days, progress);
    await completeJob(admin, 'lifecycle.day');
    return said('metered to 8 May; a deployment with an unpaid invoice is past due');
  });
}
