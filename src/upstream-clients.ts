import { setTimeout as sleep } from 'node:timers/promises';
import type { Config } from './config.ts';
import { createDigitalOceanClient, type digitalOceanLimits } from './digitalocean/client.ts';
import { createRequestBudget } from './digitalocean/request-budget.ts';
import { createFinanceClient } from './finance/client.ts';
import { createMailClient } from './mail/mail-client.ts';
import type { Clock } from './ledger/clock.ts';
import { measureUpstream } from './metrics/measure-upstream.ts';
import type { Metrics } from './metrics/metrics.ts';
import type { ProcessDeps } from './processes/process.ts';
import type { Logger } from './runtime/logger.ts';

/** Requests that a service answers in a minute and in an hour. */
export type RequestLimits = Readonly<Record<keyof typeof digitalOceanLimits, number>>;

/**
 * The clients of DigitalOcean, finance and the mail server that a configuration names, null where it names
 * none; and what is done with them by itself.
 */
export function upstreamClients(
  { digitalocean: { token, url }, finance, mail, autoSend, financeAr }: Config,
  context: { logger: Logger; clock: Clock; metrics: Metrics; requestLimits: RequestLimits },
): Pick<ProcessDeps, 'digitalOcean' | 'finance' | 'mail' | 'autoSend' | 'financeAr'> {
  const { logger, metrics, requestLimits } = context;
  const clock = { now: () => Date.parse(context.clock.now()) };
  const pause = (milliseconds: number): Promise<void> => sleep(milliseconds);
  const measured = measureUpstream(metrics, logger);
  return {
    digitalOcean:
      token === null
        ? null
        : createDigitalOceanClient({
            baseUrl: url,
            token,
            clock,
            sleep: pause,
            random: Math.random,
            logger,
            // One budget for the whole process: the limits are the token's.
            budget: createRequestBudget({ ...requestLimits, clock, sleep: pause }),
            fetch: measured('digitalocean'),
          }),
    finance:
      finance === null
        ? null
        : createFinanceClient({
            baseUrl: finance.url,
            secret: finance.jwtSecret,
            tenantId: finance.tenantId,
            roles: finance.roles,
            clock,
            fetch: measured('finance', { sendCorrelation: true }),
          }),
    mail: mail === null ? null : createMailClient(mail),
    autoSend,
    financeAr,
  };
}
