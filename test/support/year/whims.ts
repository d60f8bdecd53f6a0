/** What customers, and the operator for them, do now and then. */
import { addMonths, normalisePeriod } from '../../../src/pricing/calendar.ts';
import type { ApiAnswer, Json } from '../http/api.ts';
import type { Whim } from './people.ts';
import { oneOf } from './random-below.ts';
import type { Site, World } from './world.ts';

/** Days back that a fact lies: mostly a few, sometimes in a month that is invoiced by then. */
const late = (world: World): number => (world.random(6) === 0 ? 15 + world.random(35) : world.random(4));

const transition = (world: World, { id }: Site, to: string, reason: string) =>
  world.attempt('post', `deployments/${id}/transition`, { to, reason });

/** Paths by which reports are taken back. */
const reports = new WeakMap<World, string[]>();

/** Keeps the first report of a batch, if it was recorded, to be taken back later. */
function keep(world: World, { body }: ApiAnswer, path: string): void {
  if (body.data[0].status === 'recorded') reports.set(world, [...(reports.get(world) ?? []), path]);
}

async function reportTokens(world: World, { id }: Site): Promise<void> {
  const events = Array.from({ length: 3 + world.random(20) }, () => ({
    gateway_request_id: world.name('request'),
    ...{ deployment_id: id, model: 'm-1' },
    input_tokens: world.random(90_000),
    output_tokens: world.random(30_000),
    charge_cents: `${world.random(300)}.${1 + world.random(9999)}`,
    occurred_at: `${world.back(late(world))}T0${world.random(10)}:15:00Z`,
  }));
  const answer = await world.attempt('post', 'integrations/llm-usage', { events }, world.gateway);
  keep(world, answer, `integrations/llm-usage/${events[0]?.gateway_request_id}/void`);
}

async function reportUsage(world: World, { id }: Site): Promise<void> {
  const kinds = ['bandwidth_gb', 'spaces_gb_month', 'snapshot_gb_month', 'gpu_hours'];
  const events = Array.from({ length: 1 + world.random(4) }, () => ({
    ...{ source: 'cdn', external_id: world.name('report'), deployment_id: id },
    resource_kind: oneOf(world.random, kinds),
    qty: `${world.random(900)}.${1 + world.random(99)}`,
    day: world.back(late(world)),
  }));
  const answer = await world.attempt('post', 'usage', { events }, world.gateway);
  keep(world, answer, `usage/cdn/${events[0]?.external_id}/void`);
}

/** Half of what the operator enters was asked for some days ago. */
const asked = (world: World): { effective_on?: string } =>
  world.random(2) === 0 ? {} : { effective_on: world.back(1 + world.random(12)) };

const changePlan = (world: World, { id }: Site) =>
  world.attempt('post', `deployments/${id}/change-plan`, {
    plan_code: oneOf(world.random, ['starter', 'studio', 'pro']),
    ...asked(world),
  });

function changeAddons(world: World, { id }: Site): Promise<unknown> {
  const code = oneOf(world.random, ['storage_50gb', 'storage_250gb', 'llm_1m_tokens']);
  const path = `deployments/${id}/addons`;
  if (world.random(3) > 0)
    return world.attempt('post', path, { code, qty: 1 + world.random(2), ...asked(world) });
  const { effective_on } = asked(world);
  const query = effective_on === undefined ? '' : `?effective_on=${effective_on}`;
  return world.attempt('delete', `${path}/${code}${query}`);
}

/** A pause of the customer's own, for some days. */
async function pause(world: World, site: Site): Promise<void> {
  const path = `deployments/${site.id}/transition`;
  const { status } = await world.attempt('post', path, { to: 'paused' }, world.as(site.person));
  if (status >= 300) return;
  world.later(3 + world.random(18), () =>
    world.attempt('post', path, { to: 'active' }, world.as(site.person)),
  );
}

/** The operator moves a deployment by hand, and back some days later. */
async function decide(world: World, site: Site): Promise<void> {
  const { status } = await transition(world, site, 'suspended', 'abuse is looked into');
  if (status < 300) world.later(4 + world.random(40), () => transition(world, site, 'active', 'all is well'));
}

/** The operator enters what a customer asked for some days ago: a pause, or its end. */
async function backDate(world: World, site: Site): Promise<void> {
  const { state } = await world.read(`deployments/${site.id}`);
  if (state !== 'active' && state !== 'paused') return;
  await world.attempt('post', `deployments/${site.id}/transition`, {
    to: state === 'active' ? 'paused' : 'active',
    reason: 'asked for by telephone',
    ...asked(world),
  });
  if (state === 'active')
    world.later(2 + world.random(9), () => transition(world, site, 'active', 'asked for'));
}

/** The latest invoice of a customer; undefined without one. */
async function latestInvoice(world: World, { person }: Site): Promise<Json> {
  const invoices = await world.read(
    `invoices?period=${addMonths(normalisePeriod(world.today), -1)}&limit=500`,
  );
  return invoices.find((one: Json) => one.tenant_id === person.tenant);
}

/** The operator issues an invoice anew, where nothing refers to it yet. */
async function voidAndReissue(world: World, site: Site): Promise<void> {
  const invoice = await latestInvoice(world, site);
  if (invoice === undefined) return;
  const { status } = await world.attempt('post', `invoices/${invoice.id}/void`, { reason: 'a wrong name' });
  if (status >= 300) return;
  const again = { period: invoice.period_start, tenant_id: invoice.tenant_id, force: true };
  await world.command('invoices/rollup', again);
}

async function forgive(world: World, site: Site): Promise<void> {
  const invoice = await latestInvoice(world, site);
  if (invoice === undefined) return;
  const lines = [{ description: 'For the outage', amount_cents: 1 + world.random(400) }];
  await world.attempt('post', `invoices/${invoice.id}/credit`, { lines, reason: 'the outage' });
}

/** A resource is tied, some days back; the one before is let go. */
async function tie(world: World, { id }: Site): Promise<void> {
  const { resources } = await world.read(`deployments/${id}`);
  for (const held of resources.slice(1))
    await world.attempt('delete', `deployments/${id}/resources/${held.id}`);
  const free = await world.read('inventory?limit=500');
  const { id: resource_id } = oneOf<Json>(world.random, free);
  const effective_from = world.back(world.random(3));
  await world.attempt('post', `deployments/${id}/resources`, { resource_id, effective_from });
}

/** Work by the hour, sometimes with a discount, which is smaller: no month comes to less than nothing. */
async function charge(world: World, { id }: Site): Promise<void> {
  const amount_cents = 300 + world.random(9000);
  const path = `deployments/${id}/charges`;
  const day = world.back(world.random(5));
  const { status } = await world.attempt('post', path, { description: 'Work', amount_cents, day });
  if (status >= 300 || world.random(3) > 0) return;
  const discount = { description: 'Discount', amount_cents: -Math.floor(amount_cents / 3), day };
  await world.attempt('post', path, discount);
}

const doings: Readonly<Record<Whim, (world: World, site: Site) => Promise<unknown>>> = {
  llm: reportTokens,
  usage: reportUsage,
  plan: changePlan,
  addons: changeAddons,
  pause,
  charge,
  'take-back': async (world) => {
    const some = reports.get(world) ?? [];
    const [path] = some.splice(world.random(Math.max(1, some.length)), 1);
    if (path !== undefined) await world.attempt('post', path, { reason: 'wrong' }, world.gateway);
  },
  tie,
  'back-date': backDate,
  decide,
  credit: forgive,
  void: voidAndReissue,
};

/** Some customers do what they like to do, today. */
export async function followWhims(world: World): Promise<void> {
  const open = world.sites.filter(({ person }) => person.whims.length > 0);
  if (open.length === 0) return;
  for (let acts = world.random(4); acts > 0; acts -= 1) {
    const site = oneOf(world.random, open);
    await doings[oneOf(world.random, site.person.whims)](world, site);
  }
}
