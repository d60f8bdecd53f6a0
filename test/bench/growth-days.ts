// The business whose ledger grows: every day brings as many events as the day before, of the same kinds.
// Tenants, deployments and resources come and go, so that a ledger of ten times the size has ten times as
// many of each, and a month of it costs what it did.
import { randomUUID } from 'node:crypto';
import { chargeStream } from '../../commands/usage/charge.ts';
import { deploymentStream } from '../../commands/deployments/deployment.ts';
import { llmStream } from '../../commands/usage/llm-request.ts';
import { meteredDayStream } from '../../commands/usage/metered-day.ts';
import { meteringStream } from '../../commands/usage/deployment-day.ts';
import { resourceStream } from '../../commands/inventory/resource.ts';
import type { Actor } from '../../src/events/define.ts';
import type { EventType } from '../../src/events/index.ts';
import { idFrom } from '../../src/ledger/ids.ts';
import { addDays } from '../../src/pricing/calendar.ts';
import type { JournalRow } from './copy.ts';

/** The smallest ledger has so many days: three months and some days. */
export const SMALLEST_DAYS = 100;
/** One run appends or follows so many days. */
export const RUN_DAYS = 5;
/** How many days a deployment is in force. */
const LIFE = 60;
/** How many days a resource is seen, each time changed: the length of its stream. */
const SIGHTINGS = 10;
/** How many reports a request of the LLM gateway has. */
const LLM_BATCH = 100;
/** A day in so many has an event of a rare type, by an actor that is as rare. */
export const RARE = 40;

const days: string[] = [];

/** The `n`th day, from 0. */
export const dayAt = (n: number): string => (days[n] ??= addDays('2026-03-01', n));

const job = (name: string): Actor => ({
  sub: `job:${name}`,
  tenant_id: null,
  roles: ['platform_admin'],
});
const operator: Actor = { sub: 'operator@example.com', tenant_id: null, roles: ['platform_admin'] };

const chargeId = (day: number, n: number) => idFrom('charge', 'bench', day, n);
const resourceId = (day: number, n: number) => idFrom('resource', 'bench', day, n);
const correlation = (what: string, day: number, n = 0) => idFrom('correlation', what, day, n);

/** What filters ask for. */
export const known = {
  actor: job('metering.day').sub,
  rareActor: operator.sub,
  type: 'LlmUsageRecorded',
  rareType: 'ChargeVoided',
  /** Of all metered deployments of a day. */
  correlation: (day: number) => correlation('metering', day),
  /** Of one charge. */
  rareCorrelation: (day: number) => correlation('charge', day),
  stream: (day: number) => resourceStream(resourceId(day, 0)),
};

/** The metadata of events of one cause, as JSON up to the time of recording. */
const because = (actor: Actor, command: string, correlation_id: string): string => {
  const cause = { actor, correlation_id, causation_id: correlation_id, command, schema_version: 1 };
  return JSON.stringify(cause).slice(0, -1);
};

/** A business of so many events a day, in thousands. */
export class Business {
  readonly #each: number;
  readonly #inForce: number;
  readonly #owners = new Map<number, { deployment_id: string; tenant_id: string }>();
  readonly #resources = new Map<number, string[]>();

  constructor(thousands: number) {
    /** Deployments that begin each day, and that end. */
    this.#each = thousands * 4;
    this.#inForce = this.#each * LIFE;
  }

  /** All events of a day, each recorded later than the one before. */
  *eventsOf(day: number): Generator<JournalRow> {
    let at = Date.parse(`${dayAt(day + 1)}T01:10:00.000Z`);
    let n = 0;
    const llm = this.#llm(day);
    const stamped = ({ stream, revision, type, data, cause }: Unstamped): JournalRow => {
      at += 1;
      const recordedAt = new Date(at).toISOString();
      const metadata = `${cause},"recorded_at":"${recordedAt}"}`;
      return { stream, revision, id: randomUUID(), type, data: JSON.stringify(data), metadata, recordedAt };
    };
    for (const event of this.#all(day)) {
      yield stamped(event);
      // The gateway reports at any time.
      if ((n += 1) % 5 !== 0) continue;
      const { value } = llm.next();
      if (value !== undefined) yield stamped(value);
    }
    for (const event of llm) yield stamped(event);
  }

  *#all(day: number): Generator<Unstamped> {
    const ended = day * this.#each;
    const begun = ended + this.#inForce;
    for (let n = day === 0 ? 0 : begun - this.#each; n < begun; n++) yield* this.#begin(n, day);
    for (let n = ended - this.#each; n < ended; n++) if (n >= 0) yield* this.#end(n, day);
    yield* this.#metered(ended, begun, day);
    const cause = because(job('metering.day'), 'record-day-metered', known.correlation(day));
    const data = { day: dayAt(day), deployments: this.#inForce, records: this.#inForce };
    yield { stream: meteredDayStream(dayAt(day)), revision: 0, type: 'DayMetered', data, cause };
    for (let first = Math.max(0, day - SIGHTINGS + 1); first <= day; first++) yield* this.#seen(first, day);
    this.#resources.delete(day - SIGHTINGS);
    yield* this.#charges(day);
  }

  /** Ids of the `n`th deployment and its tenant: ten of one tenant begin one after the other. */
  #owner(n: number) {
    const known = this.#owners.get(n);
    if (known !== undefined) return known;
    const tenant_id = `tenant-${String(Math.floor(n / 10)).padStart(6, '0')}`;
    const made = { deployment_id: idFrom('deployment', tenant_id, `site-${n}`), tenant_id };
    this.#owners.set(n, made);
    return made;
  }

  *#begin(n: number, day: number): Generator<Unstamped> {
    const one = this.#owner(n);
    const stream = deploymentStream(one.deployment_id);
    const subscription_id = idFrom('subscription', one.deployment_id);
    const effective_on = dayAt(day);
    const actor = { sub: `owner@${one.tenant_id}`, tenant_id: one.tenant_id, roles: [] };
    const by = (command: string) => because(actor, command, correlation(command, day, n));
    const created = {
      ...one,
      slug: `site-${n}`,
      display_name: `Site ${n}`,
      region: 'syd1',
      state: 'active',
      llm_mode: 'managed',
      template_code: null,
      template_version: null,
      trial_ends_at: null,
      effective_on,
    };
    yield { stream, revision: 0, type: 'DeploymentCreated', data: created, cause: by('create-deployment') };
    const plan_code = ['starter', 'studio', 'pro'][n % 3];
    const terms = { plan_code, plan_version: 1, starts_on: effective_on, trial_ends_at: null };
    const started = { ...one, subscription_id, ...terms };
    yield { stream, revision: 1, type: 'SubscriptionStarted', data: started, cause: by('subscribe') };
    const attached = {
      ...one,
      subscription_id,
      attachment_id: idFrom('attachment', subscription_id),
      code: 'storage_50gb',
      resource_kind: 'spaces_gb_month',
      packs: 1,
      qty: '50',
      price_cents: 750,
      effective_on,
    };
    if (n % 3 === 0)
      yield { stream, revision: 2, type: 'AddonAttached', data: attached, cause: by('attach-addon') };
  }

  *#end(n: number, day: number): Generator<Unstamped> {
    const one = this.#owner(n);
    this.#owners.delete(n);
    const stream = deploymentStream(one.deployment_id);
    const revision = n % 3 === 0 ? 3 : 2;
    const effective_on = dayAt(day);
    const actor = { sub: `owner@${one.tenant_id}`, tenant_id: one.tenant_id, roles: [] };
    const cause = because(actor, 'transition-deployment', correlation('end', day, n));
    const moved = { ...one, from: 'active', to: 'cancelled', reason: null, effective_on, transition_no: 1 };
    yield { stream, revision, type: 'DeploymentTransitioned', data: moved, cause };
    const cancelled = { ...one, subscription_id: idFrom('subscription', one.deployment_id), effective_on };
    yield { stream, revision: revision + 1, type: 'SubscriptionCancelled', data: cancelled, cause };
  }

  /** A day of one bucket each, of so many GB that some are beyond what the plan includes. */
  *#metered(from: number, to: number, day: number): Generator<Unstamped> {
    const cause = because(job('metering.day'), 'meter-deployment-day', known.correlation(day));
    for (let n = from; n < to; n++) {
      const one = this.#owner(n);
      const observation = {
        resource_id: one.deployment_id,
        resource_kind: 'spaces_gb_month',
        granularity: 'day',
        hour: null,
        qty: `${n % 20}.125`,
      };
      const set = { set_no: 1, set_hash: 'bench', part: 1, parts: 1, observations: [observation] };
      const data = { ...one, day: dayAt(day), ...set };
      const stream = meteringStream(one.deployment_id, dayAt(day));
      yield { stream, revision: 0, type: 'UsageMetered', data, cause };
    }
  }

  /** The sightings of a day of the resources that were first seen on an earlier one. */
  *#seen(first: number, day: number): Generator<Unstamped> {
    const revision = day - first;
    const count = this.#each * 15;
    const ids =
      this.#resources.get(first) ?? Array.from({ length: count }, (_none, n) => resourceId(first, n));
    this.#resources.set(first, ids);
    const at = `${dayAt(day)}T00:00:00.000Z`;
    const sweep_id = correlation('sync', day);
    const cause = because(job('sync.droplets'), 'observe-resource', sweep_id);
    for (const [n, resource_id] of ids.entries()) {
      const seen = {
        name: `app-${n}.example.com`,
        region: 'syd1',
        size_slug: 's-1vcpu-1gb',
        status: day - first === SIGHTINGS - 1 ? 'off' : 'active',
        created_at: `${dayAt(first)}T00:00:00.000Z`,
        attrs: { seen: revision },
        sweep_id,
        observed_at: at,
      };
      const named = { provider: 'digitalocean', provider_id: `${first * count + n}`, placeholder: false };
      const data =
        revision === 0
          ? { resource_id, kind: 'droplet', ...named, tenant_id: 'unknown', ...seen }
          : { resource_id, kind: 'droplet', changed: ['attrs'], ...seen };
      const type = revision === 0 ? 'ResourceDiscovered' : 'ResourceChanged';
      yield { stream: resourceStream(resource_id), revision, type, data, cause };
    }
  }

  *#llm(day: number): Generator<Unstamped> {
    const count = this.#each * 35;
    const gateway: Actor = { sub: 'llm-gateway', tenant_id: null, roles: ['service'] };
    let cause = '';
    for (let n = 0; n < count; n++) {
      const gateway_request_id = `request-${day}-${n}`;
      const data = {
        gateway_request_id,
        ...this.#owner(day * this.#each + ((n * 7) % this.#inForce)),
        model: 'large',
        input_tokens: 1_000 + n,
        output_tokens: 300,
        charge_cents: '0.25',
        occurred_at: `${dayAt(day)}T12:00:00.000Z`,
      };
      if (n % LLM_BATCH === 0)
        cause = because(gateway, 'record-llm-usage', correlation('llm', day, n / LLM_BATCH));
      yield { stream: llmStream(gateway_request_id), revision: 0, type: 'LlmUsageRecorded', data, cause };
    }
  }

  /** Some charges; on a rare day one is taken back. */
  *#charges(day: number): Generator<Unstamped> {
    for (let n = 0; n < 4; n++) {
      const charge_id = chargeId(day, n);
      const owned = { charge_id, ...this.#owner(day * this.#each + n) };
      const accounts = { ...operator, sub: `accounts-${day % 20}@example.com` };
      const correlationId = correlation('charge', day, n);
      const added = { ...owned, description: 'Migration', amount_cents: 4_900, day: dayAt(day) };
      const stream = chargeStream(charge_id);
      yield {
        stream,
        revision: 0,
        type: 'ChargeAdded',
        data: added,
        cause: because(accounts, 'add-charge', correlationId),
      };
      if (n > 0 || day % RARE > 0) continue;
      const voided = { ...owned, day: dayAt(day), reason: 'by mistake' };
      const cause = because(operator, 'void-charge', correlationId);
      yield { stream, revision: 1, type: 'ChargeVoided', data: voided, cause };
    }
  }
}

/** An event to be, with the metadata of its cause. */
interface Unstamped {
  stream: string;
  revision: number;
  type: EventType;
  data: unknown;
  cause: string;
}
