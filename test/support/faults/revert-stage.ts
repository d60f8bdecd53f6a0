/** Droplets whose size has drifted, and processes that revert them, one after the other. */
import { spawn } from 'node:child_process';
import {
  aDroplet,
  emptyAccount,
  type Droplet,
  type Options,
} from '../../../simulators/digitalocean/index.ts';
import { argumentsFor } from '../cli/child.ts';
import { WRITE_TOKEN } from '../digitalocean/test-provisioning.ts';
import { allOf } from '../http/all-of.ts';
import { ok, type Json } from '../http/api.ts';
import { startTestLedger, type TestLedger } from '../ledger/test-ledger.ts';
import { completed } from '../processes/sync-run.ts';
import type { RevertLife, RevertNews, RevertOfLife, RevertOrder } from './revert-life.ts';

export const desiredSize = 's-1vcpu-1gb';
export const presentSize = 's-2vcpu-4gb';

/** A droplet whose size has drifted. */
export interface Drifted {
  droplet: Droplet;
  drift_id: string;
  resource_id: string;
  name: string;
}

/** How a life went: the steps of each revert by its resource, and how many it was killed with. */
export interface EndedLife {
  stopped: number;
  steps: Record<string, string[]>;
}

export class RevertStage {
  readonly ledger: TestLedger;

  private constructor(ledger: TestLedger) {
    this.ledger = ledger;
  }

  /** @param actionOutcome how actions end, by type */
  static async open(actionOutcome: Options['actionOutcome']): Promise<RevertStage> {
    const limits = { perMinute: 1_000_000, perHour: 1_000_000 };
    const ledger = await startTestLedger({
      digitalOcean: { account: emptyAccount(), limits, options: { actionMs: 700, actionOutcome } },
      ...{ writes: true, postgresLog: true },
    });
    await completed(ledger, 'sync.sizes');
    return new RevertStage(ledger);
  }

  /** Makes so many droplets drift. */
  async drift(count: number): Promise<Drifted[]> {
    const { ledger } = this;
    const droplets = Array.from({ length: count }, () => aDroplet({ size_slug: presentSize, disk: 25 }));
    for (const droplet of droplets) ledger.digitalOcean.create('droplet', droplet);
    await completed(ledger, 'sync.droplets');
    const resources = new Map<string, string>(
      (await this.rows('inventory')).map((row) => [row.name, row.id]),
    );
    await Promise.all(
      droplets.map(({ name }) =>
        ok(
          ledger.api.post(`inventory/${resources.get(name) ?? ''}/provisioned`, {
            spec: { size_slug: desiredSize },
          }),
        ),
      ),
    );
    await completed(ledger, 'drift.detect');
    const found = new Map<string, string>((await this.rows('drift')).map((row) => [row.name, row.id]));
    return droplets.map((droplet) => ({
      ...{ droplet, name: droplet.name },
      drift_id: found.get(droplet.name) ?? '',
      resource_id: resources.get(droplet.name) ?? '',
    }));
  }

  /** All rows of a listing. */
  async rows(path: string): Promise<Json[]> {
    await this.ledger.settled();
    return allOf(this.ledger, `${path}${path.includes('?') ? '&' : '?'}limit=500`);
  }

  /**
   * Runs a process until each of its reverts has ended or stopped.
   * @param end looked at when all have ended: the process then ends in order
   */
  async live(reverts: readonly RevertOfLife[], end: () => Promise<void>): Promise<EndedLife> {
    const { ledger } = this;
    const { url, token, clock } = ledger.digitalOcean;
    // Leases last for a while by the clock of the database, and the life before has ended long ago.
    await ledger.sql`update job_runs set lease_until = clock_timestamp() - interval '1 second'`;
    await ledger.sql`update idempotency_keys set lease_until = clock_timestamp() - interval '1 second'`;
    const life: RevertLife = {
      target: ledger.target,
      now: ledger.clock.now(),
      digitalOcean: { url, token, writeToken: WRITE_TOKEN },
      reverts,
    };
    const program = argumentsFor('test/support/faults/revert-child.ts');
    const child = spawn(process.execPath, [...program, JSON.stringify(life)], {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      env: { PATH: process.env['PATH'] ?? '' },
    });
    const order = (one: RevertOrder): void => void child.send(one);
    return new Promise((resolve, reject) => {
      let over: EndedLife | null = null;
      child.on('message', (news: RevertNews) => {
        if (news.kind === 'time') {
          const by = news.to - Date.parse(ledger.clock.now());
          ledger.clock.advance(by);
          clock.advance(by);
          return order({ kind: 'moved' });
        }
        over = { stopped: news.stopped, steps: news.steps };
        if (news.stopped === 0) end().then(() => order({ kind: 'end' }), reject);
      });
      child.once('exit', (code, signal) => {
        const isAsMeant = over?.stopped === 0 ? code === 0 : signal === 'SIGKILL';
        if (over !== null && isAsMeant) resolve(over);
        else reject(new Error(`a process of the reverts ended with ${String(code ?? signal)}`));
      });
    });
  }

  async close(): Promise<void> {
    await this.ledger.close();
  }
}
