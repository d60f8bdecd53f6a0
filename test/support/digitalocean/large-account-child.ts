// Lists all droplets of an account in a process of its own, and says how far its resident memory grew.
import { createDigitalOceanClient } from '../../../src/digitalocean/client.ts';

const { baseUrl, token } = JSON.parse(process.argv.at(-1) ?? '') as { baseUrl: string; token: string };
const clock = { now: () => Date.now() };
const sleep = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, milliseconds);
  });
const client = createDigitalOceanClient({ baseUrl, token, clock, sleep, random: () => 0.5 });
await client.getBalance();
const before = process.memoryUsage.rss();
let most = before;
const sampler = setInterval(() => {
  most = Math.max(most, process.memoryUsage.rss());
}, 10);
const droplets = await client.listDroplets();
clearInterval(sampler);
most = Math.max(most, process.memoryUsage.rss());
process.stdout.write(JSON.stringify({ droplets: droplets.length, grownMb: (most - before) / 1e6 }));
