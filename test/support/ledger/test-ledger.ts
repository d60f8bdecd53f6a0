import { setImmediate as nextTurn } from 'node:timers/promises';
import type { AddressInfo } from 'node:net';
import type { ConnectTarget } from '../../../src/database/db.ts';
import type { Clock } from '../../../src/ledger/clock.ts';
import { fixedClock } from './fixed-clock.ts';
import { countingIds } from './counting-ids.ts';
import { migrate, readMigrations } from '../../../src/database/migrate.ts';
import { ensureReadModels } from '../../../src/read-models/define-tables.ts';
import type { CommandMeta } from '../../../src/ledger/ledger.ts';
import type { Actor } from '../../../src/events/define.ts';
import { createDigitalOceanClient } from '../../../src/digitalocean/client.ts';
import { createFinanceClient } from '../../../src/finance/client.ts';
import { createHttpServer } from '../../../src/http/server.ts';
import type { WorkerSettings } from '../../../src/jobs/worker.ts';
import { migrationsFolder } from '../../../src/open-ledger.ts';
import { openEventStore } from '../../../src/journal/eventstoredb/client.ts';
import { openJournalAsLog, type OpenLog } from '../../../src/open-log.ts';
import { openService, type Service, type ServiceParts } from '../../../src/open-service.ts';
import { projections } from '../../../projections/index.ts';
import {
  startDigitalOceanSimulator,
  type DigitalOceanSimulator,
  type SimulatorSettings,
} from '../../../simulators/digitalocean/index.ts';
import { startFinanceSimulator, type FinanceSimulator } from '../../../simulators/finance/index.ts';
import { startSpacesSimulator, type SpacesSimulator } from '../../../simulators/spaces/index.ts';
import { createSpacesClient, type SpacesClientOptions } from '../../../src/spaces/client.ts';
import { createApi, type Api } from '../http/api.ts';
import { testProvisioning } from '../digitalocean/test-provisioning.ts';
import { createTestDatabase, createTestTemplate } from '../database/test-database.ts';
import { admin } from '../commands/command-spec.ts';
import { eventStoreLog, testParts } from './test-parts.ts';
import { TEST_SECRET } from '../http/tokens.ts';
import { freshMeta } from '../../../src/ledger/fresh-meta.ts';

export interface TestLedgerOptions {
  /** Where the ledger's clock stands; default 2026-05-09T15:05:00Z. */
  now?: string;
  /**
   * Start a DigitalOcean stand-in with these settings; `{}` for the sample account. Default: none, no token.
   */
  digitalOcean?: SimulatorSettings;
  /** Start a stand-in for Spaces, with these options of its client; default: none, no keys. */
  spaces?: Partial<SpacesClientOptions>;
  /** Start a finance stand-in; default: none. */
  finance?: boolean;
  /** With the token that may change droplets at the stand-in; its pauses move both clocks. Default: none. */
  writes?: boolean;
  tax?: { name: string; rate: string };
  /** A mail client, what is done by itself, and the log; default: none, nothing, and silence. */
  outside?: Partial<Pick<ServiceParts, 'mail' | 'autoSend' | 'financeAr' | 'logger'>>;
  /**
   * Keep the events in PostgreSQL in every run: for tests of faults of PostgreSQL, or that fill the journal
   * themselves.
   */
  postgresLog?: boolean;
  /** Keep the events in this EventStoreDB, which holds nothing else; default: where the run keeps them. */
  eventStoreUrl?: string;
  /** Run jobs by their schedule too, with this Redis; default: by hand alone. */
  worker?: WorkerSettings;
  /** Settle invoices in the background, as production does; default: by hand and behind issues alone. */
  settles?: boolean;
}

/** A whole service on its own database, served over real HTTP, with stand-ins for external services. */
export interface TestLedger extends Service {
  /** Its database. */
  target: ConnectTarget;
  clock: ReturnType<typeof fixedClock>;
  url: string;
  api: Api;
  /** Fresh command metadata, by default of a platform admin. */
  meta(actor?: Actor): CommandMeta;
  /** Opens a further service on its database and its log, as another machine would; the caller closes it. */
  openBeside(changes?: Partial<ServiceParts>): Promise<Service>;
  /** The DigitalOcean stand-in; throws when none was asked for. */
  digitalOcean: DigitalOceanSimulator;
  /** The stand-in for Spaces; throws when none was asked for. */
  spaces: SpacesSimulator;
  /** The finance stand-in; throws when none was asked for. */
  finance: FinanceSimulator;
  /** How many events the journal holds. */
  eventCount(): Promise<number>;
  /** Waits until the read models have applied everything that was appended. */
  settled(): Promise<void>;
}

/**
 * A client's clock: every pause of the client moves the ledger's clock and those of the stand-ins, without
 * waiting.
 */
function virtualPauses(clock: Clock, simulator: DigitalOceanSimulator | undefined) {
  let paused = 0;
  return {
    clock: { now: () => Date.parse(clock.now()) + paused },
    sleep: async (milliseconds: number) => {
      paused += milliseconds;
      simulator?.clock.advance(milliseconds);
      await nextTurn();
    },
  };
}

const template = () =>
  createTestTemplate('ledger', async (database) => {
    const sql = database.connect();
    await migrate(sql, await readMigrations(migrationsFolder));
    await ensureReadModels(sql, projections);
  });

interface TestLog {
  openLog: OpenLog;
  close: () => Promise<void>;
}

/** `npm run test:eventstore`: every ledger keeps its events in EventStoreDB, each under names of its own. */
async function chooseLog(name: string, options: TestLedgerOptions): Promise<TestLog> {
  const { postgresLog = false, eventStoreUrl: own } = options;
  if (own !== undefined) return { openLog: eventStoreLog(own), close: async () => undefined };
  const url = process.env['EVENTSTORE_URL'];
  if (postgresLog || url === undefined || url === '')
    return { openLog: openJournalAsLog, close: async () => undefined };
  const store = openEventStore(url);
  const openLog = eventStoreLog(url, { streamPrefix: `${name}-`, begins: await store.end() });
  return { openLog, close: () => store.close() };
}

/** Starts it; call `close` in `after`. */
export async function startTestLedger(options: TestLedgerOptions = {}): Promise<TestLedger> {
  await template();
  const database = await createTestDatabase({ template: 'ledger' });
  const clock = fixedClock(options.now ?? '2026-05-09T15:05:00.000Z');
  const simulator =
    options.digitalOcean === undefined ? undefined : await startDigitalOceanSimulator(options.digitalOcean);
  const finance =
    options.finance === true
      ? await startFinanceSimulator({
          secret: TEST_SECRET,
          now: () => Math.floor(Date.parse(clock.now()) / 1000),
        })
      : undefined;
  const spaces = options.spaces === undefined ? undefined : await startSpacesSimulator();
  const pauses = virtualPauses(clock, simulator);
  const newId = countingIds(database.name);
  const { openLog, close: closeStore } = await chooseLog(database.name, options);
  const parts = testParts(database.target);
  const service = await openService({
    ...parts,
    ...options.outside,
    openLog,
    clock,
    newId,
    tax: options.tax ?? parts.tax,
    settles: options.settles ?? false,
    worker: options.worker === undefined ? null : { ...options.worker, leaveRedis: async () => undefined },
    digitalOcean:
      simulator === undefined
        ? null
        : createDigitalOceanClient({
            baseUrl: simulator.url,
            token: simulator.token,
            ...pauses,
            random: () => 0.5,
          }),
    provisioning:
      simulator === undefined || options.writes !== true ? null : testProvisioning(simulator, clock),
    spaces:
      spaces === undefined
        ? null
        : createSpacesClient({
            endpoint: spaces.url,
            key: spaces.key,
            secret: spaces.secret,
            sleep: pauses.sleep,
            random: () => 0.5,
            ...options.spaces,
          }),
    finance:
      finance === undefined
        ? null
        : createFinanceClient({
            baseUrl: finance.url,
            secret: TEST_SECRET,
            tenantId: 'platform-admin',
            roles: ['admin'],
            clock: pauses.clock,
          }),
  });
  const server = createHttpServer(service.app).listen(0, '127.0.0.1');
  await new Promise<void>((resolve) => {
    server.once('listening', resolve);
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const present = <T>(part: T | undefined, what: string): T => {
    if (part === undefined) throw new Error(`this test ledger was started without ${what}`);
    return part;
  };
  return {
    ...service,
    target: database.target,
    clock,
    url,
    api: createApi(url),
    openBeside: (changes = {}) => openService({ ...testParts(database.target), openLog, clock, ...changes }),
    meta: (actor = admin) => freshMeta({ newId }, { actor }),
    get digitalOcean() {
      return present(simulator, 'a DigitalOcean stand-in');
    },
    get spaces() {
      return present(spaces, 'a stand-in for Spaces');
    },
    get finance() {
      return present(finance, 'a finance stand-in');
    },
    // The read models have applied every event of the journal, whose positions are a count.
    eventCount: () => service.ledger.readLatest(async (_db, position) => position),
    async settled() {
      await service.ledger.readLatest(async () => undefined);
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => {
        server.close(resolve);
      });
      await service.close();
      await closeStore();
      await simulator?.close();
      await finance?.close();
      await spaces?.close();
      await database.drop();
    },
  };
}
