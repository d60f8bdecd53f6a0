import type { Config } from '../../../src/config.ts';
import type { ConnectTarget } from '../../../src/database/db.ts';
import { digitalOceanLimits } from '../../../src/digitalocean/client.ts';
import { systemClock } from '../../../src/ledger/clock.ts';
import { defaultLimits } from '../../../src/ledger/command.ts';
import { randomId } from '../../../src/ledger/ids.ts';
import { createMetrics } from '../../../src/metrics/metrics.ts';
import { openEventStoreAsLog, openJournalAsLog, type OpenLog } from '../../../src/open-log.ts';
import type { ServiceParts } from '../../../src/open-service.ts';
import { partsOf, type PartsContext } from '../../../src/parts.ts';
import { silentLogger } from '../../../src/runtime/logger.ts';
import { TEST_SECRET } from '../http/tokens.ts';
import { testMasterKey } from './test-master-key.ts';

/** The parts of a ledger or a service on a database, without clients of other services. */
export function testParts(target: ConnectTarget): ServiceParts {
  return {
    target,
    leave: async () => undefined,
    isEmbedded: false,
    openLog: openJournalAsLog,
    clock: systemClock,
    newId: randomId,
    currency: 'AUD',
    limits: defaultLimits,
    logger: silentLogger,
    metrics: createMetrics(),
    tax: { name: 'GST', rate: '0.10' },
    retentionYears: 5,
    masterKey: testMasterKey,
    digitalOcean: null,
    finance: null,
    mail: null,
    autoSend: false,
    lifecycle: { dunningDays: 14, suspendDays: 30 },
    financeAr: false,
    http: {
      auth: { secret: TEST_SECRET, algorithms: ['HS512'] },
      corsOrigins: [],
      cursorSecret: TEST_SECRET,
      checkResponses: true,
    },
    worker: null,
    settles: false,
    serves: 'api',
  };
}

type EventStoreOptions = Parameters<typeof openEventStoreAsLog>[0];

/** A log in EventStoreDB with the options of production. */
export function eventStoreLog(url: string, more: Partial<EventStoreOptions> = {}): OpenLog {
  return openEventStoreAsLog({ url, streamPrefix: '', begins: null, copies: true, ...more });
}

/** The parts that a configuration names, on another database, without a worker. */
export function testPartsOf(
  config: Config,
  target: ConnectTarget,
  context: Partial<PartsContext> = {},
): ServiceParts {
  const defaults = { logger: silentLogger, clock: systemClock, requestLimits: digitalOceanLimits };
  const parts = partsOf(config, { ...defaults, ...context });
  return { ...parts, target, leave: async () => undefined, isEmbedded: false, worker: null };
}
