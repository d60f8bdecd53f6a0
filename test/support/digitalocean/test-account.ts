import { expect } from 'chai';
import {
  createDigitalOceanClient,
  type DigitalOceanClient,
  type DigitalOceanClientOptions,
} from '../../../src/digitalocean/client.ts';
import { DigitalOceanError } from '../../../src/digitalocean/errors.ts';
import {
  startDigitalOceanSimulator,
  type DigitalOceanSimulator,
  type LoggedRequest,
  type SimulatorSettings,
} from '../../../simulators/digitalocean/index.ts';

export interface TestAccount {
  simulator: DigitalOceanSimulator;
  client: DigitalOceanClient;
  /** Every wait that the client asked for, in milliseconds of virtual time. */
  sleeps: number[];
  /** Another client of the same account. */
  clientWith(options: Partial<DigitalOceanClientOptions>): DigitalOceanClient;
}

/** A sleep that moves the simulator's time instead of waiting. */
export const virtualSleep =
  (simulator: DigitalOceanSimulator, sleeps: number[] = []) =>
  async (milliseconds: number): Promise<void> => {
    sleeps.push(milliseconds);
    simulator.clock.advance(milliseconds);
  };

/** A simulator and a client on the same virtual time. End it with `simulator.close()`. */
export const startTestAccount = async (
  settings: SimulatorSettings = {},
  options: Partial<DigitalOceanClientOptions> = {},
): Promise<TestAccount> => {
  const simulator = await startDigitalOceanSimulator(settings);
  const sleeps: number[] = [];
  const clientWith = (more: Partial<DigitalOceanClientOptions>): DigitalOceanClient =>
    createDigitalOceanClient({
      baseUrl: simulator.url,
      token: simulator.token,
      clock: simulator.clock,
      sleep: virtualSleep(simulator, sleeps),
      random: () => 0.5,
      ...options,
      ...more,
    });
  return { simulator, client: clientWith({}), sleeps, clientWith };
};

/** The DigitalOceanError that a call ends in; anything else fails the test. */
export const errorOf = async (call: Promise<unknown>): Promise<DigitalOceanError> => {
  try {
    await call;
  } catch (error) {
    expect(error).to.be.instanceOf(DigitalOceanError);
    return error as DigitalOceanError;
  }
  throw new Error('the call succeeded');
};

/** "/v2/droplets page 2 → 200" for each request, in order. */
export const requestLines = (requests: readonly LoggedRequest[]): string[] =>
  requests.map(({ path, page, status }) => `${path} page ${String(page)} → ${String(status)}`);

/** Pages asked of a path, in order. */
export const pagesAsked = (
  requests: readonly LoggedRequest[],
  path: string,
  query: Record<string, string> = {},
): number[] =>
  requests
    .filter(
      (request) =>
        request.path === path &&
        Object.entries(query).every(([name, value]) => request.query[name] === value),
    )
    .map(({ page }) => page);
