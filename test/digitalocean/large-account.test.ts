import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { emptyAccount, startDigitalOceanSimulator } from '../../simulators/digitalocean/index.ts';
import { argumentsFor } from '../support/cli/child.ts';
import { largeDroplet } from '../support/digitalocean/large-droplet.ts';

const run = promisify(execFile);

describe('a large account', () => {
  it('G5 10,000 droplets take 52 requests, and less than 300 MB of memory', async () => {
    const droplets = Array.from({ length: 10_000 }, largeDroplet);
    const simulator = await startDigitalOceanSimulator({ account: { ...emptyAccount(), droplets } });
    try {
      const { url: baseUrl, token } = simulator;
      const program = argumentsFor('test/support/digitalocean/large-account-child.ts');
      const { stdout } = await run(process.execPath, [...program, JSON.stringify({ baseUrl, token })]);
      const { droplets: listed, grownMb } = JSON.parse(stdout) as { droplets: number; grownMb: number };
      expect(listed).to.equal(10_000);
      expect(grownMb).to.be.below(300);
      // The balance before, 50 pages, and the page of the GPU droplets.
      expect(simulator.requests).to.have.length(52);
    } finally {
      await simulator.close();
    }
  });
});
