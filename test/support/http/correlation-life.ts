import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createLogger } from '../../../src/cli/create-logger.ts';
import { secretsOf } from '../../../src/cli/secrets.ts';
import { loadConfig } from '../../../src/config.ts';
import type { ConnectTarget } from '../../../src/database/db.ts';
import { openService } from '../../../src/open-service.ts';
import { testPartsOf } from '../ledger/test-parts.ts';
import { createApi, type Api } from './api.ts';

/** One line of the log, parsed. */
export type Line = Record<string, unknown>;

/** A whole service from an environment, over HTTP, whose log is kept. */
export interface LoggedService {
  api: Api;
  url: string;
  /** The lines written since the last call. */
  lines(): Line[];
  /** Everything written so far, as text. */
  text(): string;
  close(): Promise<void>;
}

/** Starts the service with log level debug. */
export async function startLogged(
  env: Record<string, string>,
  target: ConnectTarget,
): Promise<LoggedService> {
  const written: string[] = [];
  let seen = 0;
  const logger = createLogger(
    'debug',
    {
      write: (line) => {
        written.push(line);
      },
    },
    secretsOf(env),
  );
  const service = await openService(testPartsOf(loadConfig(env), target, { logger }));
  const server = service.app.listen(0, '127.0.0.1');
  await new Promise<void>((resolve) => {
    server.once('listening', resolve);
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    api: createApi(url),
    lines() {
      const fresh = written.slice(seen);
      seen = written.length;
      return fresh.map((line) => JSON.parse(line) as Line);
    },
    text: () => written.join(''),
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => {
        server.close(resolve);
      });
      await service.close();
    },
  };
}

/** A finance service that takes every invoice and keeps what headers came with it. */
export async function startHeaderKeeper(): Promise<{
  url: string;
  headers: IncomingHttpHeaders[];
  close(): Promise<void>;
}> {
  const headers: IncomingHttpHeaders[] = [];
  const server = createServer((request, response) => {
    headers.push(request.headers);
    request.resume().on('end', () => {
      response
        .setHeader('content-type', 'application/json')
        .end(JSON.stringify({ action: 'created', invoice_id: 'f-1' }));
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    headers,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => {
        server.close(resolve);
      });
    },
  };
}
