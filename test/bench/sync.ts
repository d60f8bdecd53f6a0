import { fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { createDigitalOceanClient } from '../../src/digitalocean/client.ts';
import { createRequestBudget } from '../../src/digitalocean/request-budget.ts';
import { openService } from '../../src/open-service.ts';
import { testParts } from '../support/ledger/test-parts.ts';
import { syncs } from '../support/processes/sync-run.ts';
import type { BenchContext, OpenPair } from './context.ts';
import { secondsOf } from './figure.ts';
import { DROPLETS, unlimited, type LargeAccount } from './large-account.ts';
import { programBeside } from './programs.ts';

/** Requests of a sweep of everything: well within the 250 of one minute. */
const mostRequests = 200;

/** The stand-in with the large account, and a service that mirrors it. */
async function openMirror({ target }: BenchContext) {
  const standIn = fork(programBeside('large-account'));
  const [account] = (await once(standIn, 'message')) as [LargeAccount];
  const clock = { now: () => Date.now() };
  const sleep = (milliseconds: number) => pause(milliseconds);
  const service = await openService({
    ...testParts(target),
    digitalOcean: createDigitalOceanClient({
      baseUrl: account.url,
      token: account.token,
      clock,
      sleep,
      random: Math.random,
      budget: createRequestBudget({ ...unlimited, clock, sleep }),
    }),
  });
  const requests = async (): Promise<number> => {
    standIn.send('requests');
    const [count] = (await once(standIn, 'message')) as [number];
    return count;
  };
  return {
    account,
    requests,
    /** Runs every sync once; gives how many resources changed. */
    async sweep(): Promise<number> {
      let changed = 0;
      for (const job of syncs) {
        const actor = { sub: `job:${job}`, tenant_id: null, roles: [] };
        const { error, result } = await service.jobs.run(job, {}, { actor });
        if (error !== null) throw new Error(`${job} failed: ${error}`);
        changed += (result as { changed: number }).changed;
      }
      await service.ledger.readLatest(async () => undefined);
      const sent = await requests();
      process.stderr.write(`  a sweep of everything: ${sent} requests, ${changed} changes\n`);
      if (sent > mostRequests) throw new Error(`a sweep of everything took ${sent} requests`);
      return changed;
    },
    async close() {
      await service.close();
      standIn.kill();
    },
  };
}

/** Every sync of an unchanged account of 10,000 droplets; against the same pages of droplets, only parsed. */
export async function openSync(context: BenchContext): Promise<OpenPair> {
  const mirror = await openMirror(context);
  await mirror.sweep();
  return {
    pair: {
      name: 'sync_10k',
      unit: 'ms',
      aim: { valueAtMost: 60_000 },
      floorName: 'the pages of droplets alone, requested one after another and parsed',
      async value() {
        let changed = 0;
        const seconds = await secondsOf(async () => {
          changed = await mirror.sweep();
        });
        if (changed > 0) throw new Error(`${changed} resources of an unchanged account changed`);
        return 1_000 * seconds;
      },
      async floor() {
        const { url, token } = mirror.account;
        const seconds = await secondsOf(async () => {
          for (let page = 1; page <= DROPLETS / 200; page += 1) {
            const response = await fetch(`${url}/v2/droplets?page=${page}&per_page=200`, {
              headers: { authorization: `Bearer ${token}` },
            });
            JSON.parse(await response.text());
          }
        });
        await mirror.requests();
        return 1_000 * seconds;
      },
    },
    close: () => mirror.close(),
  };
}

/** How far resident memory grows, in MB, while the account is mirrored for the first time and once more. */
export async function openSyncMemory(context: BenchContext): Promise<OpenPair> {
  const mirror = await openMirror(context);
  return {
    pair: {
      name: 'sync_10k_memory',
      unit: 'MB',
      aim: { valueAtMost: 300 },
      floorName: 'none',
      repetitions: 1,
      async value() {
        const before = process.memoryUsage.rss();
        let most = before;
        const sampler = setInterval(() => {
          most = Math.max(most, process.memoryUsage.rss());
        }, 20);
        await mirror.sweep();
        await mirror.sweep();
        clearInterval(sampler);
        return (most - before) / 1e6;
      },
    },
    close: () => mirror.close(),
  };
}
