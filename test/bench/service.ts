import type { AddressInfo } from 'node:net';
import type { Server } from 'node:http';
import type { Express } from 'express';
import { systemClock, type Clock } from '../../src/ledger/clock.ts';
import { randomId } from '../../src/ledger/ids.ts';
import type { DigitalOceanClient } from '../../src/digitalocean/client.ts';
import { seedCatalog } from '../../src/processes/seed/seed-catalog.ts';
import { openService, type Service } from '../../src/open-service.ts';
import { admin } from '../support/commands/command-spec.ts';
import type { BenchContext } from './context.ts';
import { freshMeta } from '../../src/ledger/fresh-meta.ts';
import { eventStoreLog, testParts } from '../support/ledger/test-parts.ts';

/** Serves an app on a free port of this machine. */
export const listen = (app: Express) =>
  new Promise<Server>((resolve) => {
    const server = app.listen(0, '127.0.0.1', () => {
      resolve(server);
    });
  });

/** The URL that it answers on. */
export const urlOf = (server: Server) => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

/** Fresh metadata of an admin's command. */
export const adminMeta = () => freshMeta({ newId: randomId }, { actor: admin });

interface BenchServiceOptions {
  clock?: Clock;
  eventStoreUrl?: string | null;
  digitalOcean?: DigitalOceanClient | null;
}

/** A whole service with its catalog, as `npm start` composes it, served over real HTTP. */
export async function openBenchService(
  { target }: BenchContext,
  { clock = systemClock, eventStoreUrl = null, digitalOcean = null }: BenchServiceOptions = {},
): Promise<Service & { url: string }> {
  const parts = testParts(target);
  const service = await openService({
    ...parts,
    clock,
    digitalOcean,
    http: { ...parts.http, checkResponses: false },
    ...(eventStoreUrl === null ? {} : { openLog: eventStoreLog(eventStoreUrl) }),
  });
  await seedCatalog(service.ledger, adminMeta);
  const server = await listen(service.app);
  return {
    ...service,
    url: urlOf(server),
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => {
        server.close(resolve);
      });
      await service.close();
    },
  };
}
