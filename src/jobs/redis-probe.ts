import type { Probe } from '../runtime/readiness.ts';

/**
 * Whether Redis answers. An API serves without it, only the schedule waits; a worker does not.
 * @param ping sends PING
 */
export function redisProbe(ping: () => Promise<unknown>, required: boolean): Probe {
  return {
    name: 'redis',
    required,
    async probe() {
      await ping();
      return {};
    },
  };
}
