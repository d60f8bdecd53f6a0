import { setTimeout as sleep } from 'node:timers/promises';
import type { Config } from './config.ts';
import { createDigitalOceanClient, digitalOceanLimits } from './digitalocean/client.ts';
import { createRequestBudget } from './digitalocean/request-budget.ts';
import type { Clock } from './ledger/clock.ts';
import type { Logger } from './runtime/logger.ts';
import { createFinanceClient } from './finance/client.ts';
import type { ProcessDeps } from './processes/process.ts';
import type { measureUpstream } from './metrics/measure-upstream.ts';

interface UpstreamOptions {
  logger: Logger;
  clock: Clock;
  /** What DigitalOcean allows this process; a stand-in may allow more. */
  requestLimits?: { perMinute: number; perHour: number };
  /** Measures the requests, and sends the correlation id along with them. */
  measured: ReturnType<typeof measureUpstream>;
}

/** The clients of DigitalOcean and finance that a configuration names; null where it names none. */
export function upstreamClients(
  config: Config,
  { logger, clock, requestLimits = digitalOceanLimits, measured }: UpstreamOptions,
): Pick<ProcessDeps, 'digitalOcean' | 'finance'> {
  const epochClock = { now: () => Date.parse(clock.now()) };
  const pause = (milliseconds: number): Promise<void> => sleep(milliseconds);
  const { token, url: baseUrl } = config.digitalocean;
  return {
    digitalOcean:
      token === null
        ? null
        : createDigitalOceanClient({
            baseUrl,
            token,
            clock: epochClock,
            sleep: pause,
            random: Math.random,
            logger,
            // One budget for the whole process: the limits are the token's, whoever asks.
            budget: createRequestBudget({ ...requestLimits, clock: epochClock, sleep: pause }),
            fetch: measured('digitalocean'),
          }),
    finance:
      config.finance === null
        ? null
        : createFinanceClient({
            baseUrl: config.finance.url,
            secret: config.finance.jwtSecret,
            tenantId: config.finance.tenantId,
            roles: config.finance.roles,
            clock: epochClock,
            fetch: measured('finance', { sendCorrelation: true }),
          }),
  };
}
