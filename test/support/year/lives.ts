/** How customers come, begin and go. */
import { customerBody } from '../parties/party-bodies.ts';
import type { Person } from './people.ts';
import type { Site, World } from './world.ts';

const trialDays = 14;

/** A customer moves in, today. */
export async function moveIn(world: World, person: Person): Promise<void> {
  world.later(person.profileAfter, () => introduce(world, person));
  for (let n = 0; n < person.sites; n += 1) await openSite(world, person, n);
  if (person.leaves !== null) world.later(person.leaves, () => moveOut(world, person));
}

/** Its profile is recorded. */
async function introduce(world: World, { tenant, netDays }: Person): Promise<void> {
  const emails = { billing: [`${tenant}@customer.example`] };
  await world.attempt('put', `customers/${tenant}`, { ...customerBody, emails, net_days: netDays });
}

async function openSite(world: World, person: Person, n: number): Promise<void> {
  const { tenant, trial, plan, template } = person;
  const ends = new Date(Date.parse(`${world.today}T12:30:00Z`) + trialDays * 86_400_000).toISOString();
  const { id } = await world.command('deployments', {
    ...{ tenant_id: tenant, slug: `site-${n}`, display_name: `Site ${n} of ${tenant}` },
    ...(template ? { template_code: 'shop' } : { llm_mode: n === 0 ? 'charges' : 'allowance' }),
    ...(trial === null ? {} : { state: 'trial', trial_ends_at: ends }),
  });
  const site: Site = { id, person };
  world.sites.push(site);
  if (person.shielded) await world.attempt('patch', `deployments/${id}`, { billing_action_suspended: true });
  if (trial !== 'without-subscription' && !template)
    await world.command(`deployments/${id}/subscribe`, { plan_code: plan });
  if (trial === 'early')
    world.later(5 + world.random(8), () =>
      world.attempt('post', `deployments/${id}/transition`, { to: 'active' }, world.as(person)),
    );
  if (trial === 'cancelled')
    world.later(5 + world.random(8), () =>
      world.attempt('post', `deployments/${id}/transition`, { to: 'cancelled' }, world.as(person)),
    );
  if (person.lifted) world.later(60, () => lift(world, site));
  // The operator lets those in whose trial ended too early, once all is there.
  if (trial === 'without-profile') world.later(person.profileAfter + 2, () => activate(world, site));
  if (trial === 'without-subscription')
    world.later(trialDays + 10, async () => {
      await world.command(`deployments/${id}/subscribe`, { plan_code: plan });
      await activate(world, site);
    });
}

async function activate(world: World, { id }: Site): Promise<void> {
  await world.attempt('post', `deployments/${id}/transition`, {
    to: 'active',
    reason: 'decided by the operator',
  });
}

/** The operator is patient with a customer: what dunning did is lifted, until the next invoice is late. */
async function lift(world: World, site: Site): Promise<void> {
  const { state } = await world.read(`deployments/${site.id}`);
  if (state === 'past_due' || state === 'suspended') await activate(world, site);
  world.later(12, () => lift(world, site));
}

async function moveOut(world: World, person: Person): Promise<void> {
  for (const site of world.sites.filter((one) => one.person === person))
    await world.attempt('post', `deployments/${site.id}/transition`, {
      to: 'cancelled',
      reason: 'moved away',
    });
}
