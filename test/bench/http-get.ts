import autocannon from 'autocannon';
import express from 'express';
import { mintToken } from '../../simulators/issuer/token.ts';
import { TEST_SECRET } from '../support/http/tokens.ts';
import { createApi, ok } from '../support/http/api.ts';
import type { BenchContext, OpenPair } from './context.ts';
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
  await ok(api.get(`deployments/${data.id}`, { token }));
  return {
    pair: {
      name: 'http_get',
      unit: 'requests/s',
      aim: 0.6,
      floorName: 'an express hello',
      value: () => load(`${service.url}/api/v1/deployments/${data.id}`, { authorization: `Bearer ${token}` }),
      floor: () => load(`${urlOf(helloServer)}/`, {}),
    },
    async close() {
      helloServer.closeAllConnections();
      await new Promise((resolve) => {
        helloServer.close(resolve);
      });
      await service.close();
    },
  };
}
