import { expect } from 'chai';
import express from 'express';
import type { AddressInfo } from 'node:net';
import { closeServer, listen } from '../../src/cli/serve.ts';
import { StartError } from '../../src/cli/start-error.ts';

describe('listening', () => {
  const addressOn = async (host: string): Promise<string> => {
    const server = await listen(express(), 0, host);
    try {
      return (server.address() as AddressInfo).address;
    } finally {
      await closeServer(server, 100);
    }
  };

  it('uses only the address that is named', async () => {
    expect(await addressOn('127.0.0.1')).to.equal('127.0.0.1');
    expect(await addressOn('0.0.0.0')).to.equal('0.0.0.0');
  });

  it("fails with one sentence on an address that is not this machine's", async () => {
    for (const host of ['203.0.113.7', 'nothing.invalid']) {
      const error: unknown = await listen(express(), 0, host).then(
        () => null,
        (reason: unknown) => reason,
      );
      expect(error, host).to.be.instanceOf(StartError);
      expect((error as Error).message).to.contain(`HOST ${host}`);
    }
  });
});
