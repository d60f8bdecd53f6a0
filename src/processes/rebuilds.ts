import { setTimeout as delay } from 'node:timers/promises';
import type { Sql } from '../database/db.ts';
import { asError } from '../runtime/as-error.ts';
import type { Logger } from '../runtime/logger.ts';
import { refuse, Refused } from '../ledger/refusal.ts';
import type { Projection } from '../read-models/projection.ts';
import { rebuildProjections } from '../read-models/rebuild/rebuild.ts';
import { RebuildUnderWay } from '../read-models/rebuild/with-shadows.ts';
import { rebuildStatus } from '../read-models/rebuild/rebuild-record.ts';
import { ShadowFailed } from '../read-models/rebuild/swap.ts';

/** Rebuilds in the background of this process; `GET projections` shows how they go. */
export interface Rebuilds {
  /**
   * Starts the rebuild of one projection; resolves once it is recorded as the last one.
   * @throws {Refused} `conflict` while one is under way, in any process
   */
  start(projection: Projection): Promise<void>;
  /** Stops those under way; their live tables stay as they are. */
  stop(): Promise<void>;
}

/** A rebuild is recorded as over before its clean-up: the next one waits this long for it. */
const cleanUpMs = 5_000;
const retryMs = 100;

export function createRebuilds({
  sql,
  openPool,
  logger,
}: {
  sql: Sql;
  openPool: (max: number) => Sql;
  logger: Logger;
}): Rebuilds {
  const stopping = new AbortController();
  const running = new Set<Promise<void>>();

  /** Resolves once the rebuild has begun. */
  const begin = (projection: Projection) =>
    new Promise<void>((resolve, reject) => {
      const { name } = projection;
      let isAnothers = false;
      const onFailed = (_: Projection, error: unknown): void => {
        isAnothers = error instanceof RebuildUnderWay;
        reject(asError(error));
      };
      const run = rebuildProjections([projection], {
        openPool,
        logger,
        signal: stopping.signal,
        onBegun: () => {
          resolve();
        },
        onFailed,
      })
        .then(
          ([outcome]) => {
            if (isAnothers) return;
            if (outcome?.status === 'failed')
              logger.error(
                { projection: name, reason: outcome.reason, ...outcome.poison },
                'a rebuild failed; the live tables stand as they were',
              );
            else logger.info({ projection: name, position: outcome?.position }, 'a projection was rebuilt');
          },
          (error: unknown) => {
            reject(asError(error));
            logger.error(
              { projection: name, err: error },
              'a rebuild failed; the live tables stand as they were',
            );
          },
        )
        .finally(() => {
          running.delete(run);
        });
      running.add(run);
    });

  return {
    async start(projection) {
      const { name, version } = projection;
      const conflict = new Refused(refuse('conflict', `${name} is being rebuilt`));
      const isUnderWay = async (): Promise<boolean> => {
        const status = (await rebuildStatus(sql)).get(`${name} ${version}`)?.status;
        return status === 'building' || status === 'catching_up';
      };
      if (await isUnderWay()) throw conflict;
      for (const deadline = performance.now() + cleanUpMs; ; await delay(retryMs)) {
        try {
          await begin(projection);
          return;
        } catch (error) {
          if (!(error instanceof RebuildUnderWay)) throw error;
          if (performance.now() > deadline || (await isUnderWay())) throw conflict;
        }
      }
    },
    async stop() {
      stopping.abort(new ShadowFailed('the process that rebuilt it was stopped'));
      await Promise.all(running);
    },
  };
}
