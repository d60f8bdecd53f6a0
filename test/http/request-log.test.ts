import express from 'express';
import { expect } from 'chai';
import type { AddressInfo } from 'node:net';
import type { Server } from 'node:http';
import { correlate } from '../../src/http/correlation.ts';
import { logRequests } from '../../src/http/request-log.ts';
import { silentLogger } from '../../src/runtime/logger.ts';
import { until } from '../support/runtime/until.ts';

describe('the request log', () => {
  const paths: string[] = [];
  let server: Server;
  let url: string;
  before(async () => {
    const logger = { ...silentLogger, info: (line: object) => paths.push((line as { path: string }).path) };
    const watchers = [correlate(() => 'id'), logRequests(logger)];
    const app = express().use((request, response, next) => {
      for (const watch of watchers) watch(request, response);
      next();
    });
    await new Promise<void>((resolve) => {
      server = app.listen(0, '127.0.0.1', () => resolve());
    });
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  after(() => {
    server.closeAllConnections();
    server.close();
  });

  it('names paths without what follows them, and links without their secret', async () => {
    const asked = [
      '/console/close?q=token',
      '/console/link/secret',
      '/Console/LINK/secret/',
      '/console/links',
    ];
    for (const path of asked) await (await fetch(url + path)).text();
    await until('a line for each request', () => paths.length === asked.length);
    expect(paths).to.deep.equal(['/console/close', '/console/link/…', '/Console/LINK/…', '/console/links']);
  });
});
