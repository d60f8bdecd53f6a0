import autocannon from 'autocannon';
import express from 'express';
import { mintToken } from '../../simulators/issuer/token.ts';
import { TEST_SECRET } from '../support/http/tokens.ts';
import { canonicalJson } from '../../src/runtime/canonical-json.ts';
import { resources, resourceTies } from '../../projections/inventory/tables.ts';
import { createApi, ok } from '../support/http/api.ts';
import type { BenchContext, OpenPair } from './context.ts';
import { deploymentByHand } from './by-hand/http-get.ts';
import { listen, openBenchService, urlOf } from './service.ts';

const SECONDS = 4;
const CONNECTIONS = 50;

/** Requests per second; every answer has to be a 200. */
async function load(url: string, headers: Record<string, string>): Promise<number> {
  const result = await autocannon({ url, headers, connections: CONNECTIONS, duration: SECONDS, workers: 1 });
  if (result.non2xx > 0 || result.errors > 0)
    throw new Error(`${url}: ${result.non2xx} answers were no success, ${result.errors} errors`);
  return result.requests.average;
}

/** What differs between two answers by itself. */
const ownHeaders = ['date', 'x-correlation-id', 'keep-alive', 'connection'];

/** @throws {Error} unless both answer the same status, headers and JSON */
async function requireSame(url: string, other: string, headers: Record<string, string>): Promise<void> {
  const [ours, byHand] = await Promise.all(
    [url, other].map(async (at) => {
      const response = await fetch(at, { headers });
      const sent = [...response.headers].filter(([name]) => !ownHeaders.includes(name));
      const body: unknown = await response.json();
      return canonicalJson({ status: response.status, headers: Object.fromEntries(sent), body });
    }),
  );
  if (ours !== byHand) throw new Error(`the answers differ:\n${ours}\n${byHand}`);
}

/**
 * `GET deployments/:id` with a JWT through the whole service, against an express hello in the same process.
 */
export async function openHttpGet(context: BenchContext): Promise<OpenPair> {
  const service = await openBenchService(context);
  const hello = express();
  hello.set('etag', false);
  hello.get('/', (_request, response) => {
    response.json({ hello: 'world' });
  });
  const helloServer = await listen(hello);
  const token = mintToken({ secret: TEST_SECRET, sub: 'bench', tenant_id: 'bench-tenant' });
  const api = createApi(service.url);
  const { data } = await ok(
    api.post('deployments', { slug: 'bench', display_name: 'Bench' }, { token }),
    201,
  );
  await ok(
    api.post(
      `deployments/${data.id}/subscribe`,
      { plan_code: 'studio', addons: ['storage_50gb'] },
      { token },
    ),
    201,
  );
  const path = `/api/v1/deployments/${data.id}`;
  const headers = { authorization: `Bearer ${token}` };
  const pool = context.openPool(10);
  const byHand = await listen(
    deploymentByHand(pool, { secret: TEST_SECRET, ties: resourceTies.ref, resources: resources.ref }),
  );
  await requireSame(`${service.url}${path}`, `${urlOf(byHand)}${path}`, headers);
  return {
    pair: {
      name: 'http_get',
      unit: 'requests/s',
      aim: 0.6,
      floorName: 'an express hello',
      value: () => load(`${service.url}${path}`, headers),
      floor: () => load(`${urlOf(helloServer)}/`, {}),
      sameWork: {
        floorName: 'express, helmet, cors, express-jwt, one statement: the same answer by hand',
        aim: 0.85,
        run: () => load(`${urlOf(byHand)}${path}`, headers),
      },
    },
    async close() {
      for (const server of [helloServer, byHand]) {
        server.closeAllConnections();
        await new Promise((resolve) => {
          server.close(resolve);
        });
      }
      await pool.end();
      await service.close();
    },
  };
}
