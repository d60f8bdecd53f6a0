import type { Sql } from '../database/db.ts';
import type { Logger } from '../engine/logger.ts';
import { refuse, Refused } from '../engine/refusal.ts';
import type { Projection } from '../engine/projection.ts';
import { rebuildProjections } from './rebuild.ts';
import { rebuildStatus } from './rebuild-record.ts';
import { ShadowFailed } from './swap.ts';

/** Rebuilds of this process that nobody waits for; `GET projections` tells how they go. */
export interface Rebuilds {
  /**
   * Starts the rebuild of one projection.
   * @throws {Refused} `conflict` while one is under way, in whatever process
   */
  start(projection: Projection): Promise<void>;
  /** Stops those under way; their live tables stay as they are. */
  stop(): Promise<void>;
}

/** Creates it. */
export function createRebuilds({ sql, openPool, logger }: { sql: Sql; openPool: (max: number) => Sql; logger: Logger }): Rebuilds {
  const stopping = new AbortController();
  const running = new Map<string, Promise<void>>();
  return {
    async start(projection) {
      const { name, version } = projection;
      const status = (await rebuildStatus(sql)).get(`${name} ${version}`)?.status;
      if (running.has(name) || status === 'building' || status === 'catching_up') throw new Refused(refuse('conflict', `${name} is being rebuilt`));
      const run = rebuildProjections([projection], { openPool, logger, signal: stopping.signal }).then(([outcome]) => {
        if (outcome?.status === 'failed') logger.error({ projection: name, reason: outcome.reason, ...outcome.poison }, 'a rebuild failed; the live tables stand as they were');
        else logger.info({ projection: name, position: outcome?.position }, 'a projection was rebuilt');
      }, (error: unknown) => { logger.error({ projection: name, err: error }, 'a rebuild failed; the live tables stand as they were'); });
      running.set(name, run.finally(() => { running.delete(name); }));
    },
    async stop() {
      stopping.abort(new ShadowFailed('the process that rebuilt it was stopped'));
      await Promise.all(running.values());
    },
  };
}
