import type { Express } from 'express';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { silentLogger } from '../../../src/runtime/logger.ts';
import { createApp } from '../../../src/http/app.ts';
import type { AppOptions, ServedApp } from '../../../src/http/app.ts';
import type { Deps } from '../../../src/http/deps.ts';
import type { Idempotency } from '../../../src/http/idempotency.ts';
import { routes } from '../../../src/http/routes.ts';
import { TEST_SECRET } from './tokens.ts';

/** A running app. */
export interface Served {
  url: string;
  close(): Promise<void>;
}

/** Serves an app on a free port. */
export async function serve(app: Express): Promise<Served> {
  const server = createServer(app);
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}

/** Runs every request anew: for tests that are not about repeated requests. */
const forgetful: Idempotency = {
  once: async (_request, run) => ({ answer: await run(), replayed: false }),
  purge: async () => 0,
};

/** The app as tests run it: all routes unless given others, answers checked against their schemas. */
export function testApp(deps: Deps, options: Partial<AppOptions> = {}): ServedApp {
  return createApp(deps, {
    routes,
    auth: { secret: TEST_SECRET, algorithms: ['HS512'] },
    corsOrigins: [],
    cursorSecret: TEST_SECRET,
    idempotency: forgetful,
    logger: silentLogger,
    checkResponses: true,
    ...options,
  });
}
