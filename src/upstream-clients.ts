import { setTimeout as sleep } from 'node:timers/promises';
import type { Config } from './config.ts';
import { createDigitalOceanClient, type digitalOceanLimits } from './digitalocean/client.ts';
import type { SharedTally } from './digitalocean/fallback-tally.ts';
import { createRequestBudget, type RequestBudget } from './digitalocean/request-budget.ts';
import { createActionStarter } from './digitalocean/start-action.ts';
import { createFinanceClient } from './finance/client.ts';
import { createMailClient } from './mail/mail-client.ts';
import type { Clock } from './ledger/clock.ts';
import { measureUpstream } from './metrics/measure-upstream.ts';
import type { Metrics } from './metrics/metrics.ts';
import type { ProcessDeps } from './processes/process.ts';
import type { Logger } from './runtime/logger.ts';
import { createSpacesClient } from './spaces/client.ts';

/** Requests that a service answers in a minute and in an hour. */
export type RequestLimits = Readonly<Record<keyof typeof digitalOceanLimits, number>>;

/** Opens the tally in which all processes with one token count their requests. */
export type OpenSharedTally = (of: { baseUrl: string; token: string; limits: RequestLimits }) => SharedTally;

/**
 * The clients of DigitalOcean, Spaces, finance and the mail server that a configuration names, null where it
 * names none; and what is done with them by itself.
 */
export function upstreamClients(
  { digitalocean: { token, writeToken, url }, spaces, finance, mail, autoSend, financeAr }: Config,
  context: {
    logger: Logger;
    clock: Clock;
    metrics: Metrics;
    requestLimits: RequestLimits;
    sharedTally: OpenSharedTally | null;
  },
): Pick<
  ProcessDeps,
  'digitalOcean' | 'provisioning' | 'spaces' | 'finance' | 'mail' | 'autoSend' | 'financeAr'
> {
  const { logger, metrics, requestLimits, sharedTally } = context;
  const clock = { now: () => Date.parse(context.clock.now()) };
  const pause = (milliseconds: number): Promise<void> => sleep(milliseconds);
  // The limits are a token's: one budget for all processes that use it, or for this one alone.
  const budgets = new Map<string, RequestBudget>();
  const budgetOf = (of: string): RequestBudget => {
    const budget =
      budgets.get(of) ??
      createRequestBudget({
        ...requestLimits,
        clock,
        sleep: pause,
        ...(sharedTally === null
          ? {}
          : { shared: { tally: sharedTally({ baseUrl: url, token: of, limits: requestLimits }), logger } }),
      });
    budgets.set(of, budget);
    return budget;
  };
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
            budget: budgetOf(token),
            fetch: measured('digitalocean'),
          }),
    provisioning:
      writeToken === null
        ? null
        : {
            ...createActionStarter({
              baseUrl: url,
              token: writeToken,
              clock,
              budget: budgetOf(writeToken),
              fetch: measured('digitalocean'),
            }),
            sleep: pause,
            random: Math.random,
          },
    spaces:
      spaces === null
        ? null
        : createSpacesClient({
            ...spaces,
            sleep: pause,
            random: Math.random,
            fetch: measured('spaces'),
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
