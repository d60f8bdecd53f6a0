import type { Account } from './types.ts';
import { createRateLimiter, type SimulatedLimits } from './rate-limit.ts';
import type { LoggedRequest } from './request-log.ts';
import { createActions, type Action } from './actions.ts';
import { createBilling, type Billing } from './invoices.ts';
import { createClock, type VirtualClock } from './clock.ts';
import { createFaults, type Faults } from './faults.ts';
import { createMemberships, type Memberships } from './memberships.ts';
import { createRandom } from './random.ts';
import { createResources, type Resources } from './resources.ts';
import { createTokens, type Tokens } from './tokens.ts';
import { createVisibility, type Visibility } from './visibility.ts';
import { defaultOptions, type Options } from './options.ts';
import { loadSampleAccount } from './sample-account.ts';
import { createSizes, type Sizes } from './routes-sizes.ts';
import { startSimulatorServer } from './server.ts';

/** The token that the simulator accepts by default. */
export const SIMULATOR_TOKEN = 'dop_v1_simulator';

export interface SimulatorSettings {
  /** What to serve, and to change in place; default: a fresh copy of the sample account. */
  account?: Account;
  token?: string;
  /** Virtual time at the start, ISO. Default: days after the sample account's last invoice. */
  now?: string;
  /** Default: any free port. */
  port?: number;
  /** Seed of all random choices: fault probabilities, the order of link queries. */
  seed?: number;
  limits?: Partial<SimulatedLimits>;
  options?: Partial<Options>;
}

/** A running stand-in. It serves `account`, read live; its time is `clock`, which only a test moves. */
export interface DigitalOceanSimulator
  extends Resources, Omit<Memberships, 'linger'>, Omit<Visibility, 'appearLater'>, Billing, Sizes {
  readonly url: string;
  readonly token: string;
  readonly account: Account;
  readonly clock: VirtualClock;
  /** Every request so far, oldest first; set its length to 0 to start over. */
  readonly requests: LoggedRequest[];
  readonly faults: Faults;
  readonly tokens: Tokens;
  readonly options: Options;
  /** Every droplet action ever started, oldest first. */
  readonly actions: readonly Action[];
  /** Stops listening and closes every connection, stalled ones too. */
  close(): Promise<void>;
}

/** Starts a stand-in for the provider's API on 127.0.0.1. */
export const startDigitalOceanSimulator = async (
  settings: SimulatorSettings = {},
): Promise<DigitalOceanSimulator> => {
  const account = settings.account ?? loadSampleAccount();
  const token = settings.token ?? SIMULATOR_TOKEN;
  const clock = createClock(settings.now ?? '2026-05-09T15:05:00Z');
  const defaults = defaultOptions();
  const options: Options = {
    ...defaults,
    ...settings.options,
    limits: { ...defaults.limits, ...settings.options?.limits, ...settings.limits },
  };
  const random = createRandom(settings.seed ?? 1);
  const faults = createFaults(random);
  const tokens = createTokens();
  tokens.allow(token);
  const memberships = createMemberships(account, clock, options);
  const visibility = createVisibility(clock);
  const actions = createActions(account, clock, options);
  const requests: LoggedRequest[] = [];
  const limiter = createRateLimiter(clock, () => options.limits);
  const server = await startSimulatorServer(
    { account, actions, clock, faults, limiter, options, random, requests, tokens, visibility },
    settings.port ?? 0,
  );

  return {
    url: server.url,
    token,
    account,
    clock,
    requests,
    faults,
    tokens,
    options,
    actions: actions.all,
    ...createResources(account, clock, memberships, visibility),
    ...memberships,
    ...visibility,
    ...createBilling(account, clock),
    ...createSizes(account),
    close: () => server.close(),
  };
};
