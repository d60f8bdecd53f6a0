// What all embedded servers have in common: processes share one, and the last to leave stops it.
import { join } from 'node:path';
import { withTurn } from './turn-lock.ts';
import { addUser, countUsers, removeUser } from './users.ts';

export type SharedServer<S> = {
  /** Starts the server, or finds the one that runs; null for no server. `living` processes use it already. */
  ensure: (living: number) => Promise<S>;
  /** Stops it; the last user has left. */
  stop: (server: NonNullable<S>) => Promise<void>;
};

export type Membership<S> = {
  server: S;
  /**
   * Does something to the server while no other process starts or stops it; null, and nothing done, once this
   * process has left.
   */
  whileUsed: <T>(work: () => Promise<T>) => Promise<T | null>;
  /** Leaves the server; the last to leave stops it. A second call does nothing. */
  leave: () => Promise<void>;
};

/**
 * Makes this process a user of the server of `directory`. Starts and stops take turns across processes; users
 * that were killed do not count. In `directory`: `users` (who uses the server) and `turns` (the lock).
 */
export async function shareServer<S>(
  directory: string,
  { ensure, stop }: SharedServer<S>,
): Promise<Membership<S>> {
  const turns = join(directory, 'turns');
  const users = join(directory, 'users');
  return withTurn(turns, async () => {
    const server = await ensure(await countUsers(users));
    if (server === null || server === undefined)
      return { server, whileUsed: async () => null, leave: async () => undefined };
    const note = await addUser(users);
    let hasLeft = false;
    const leaveServer = async () => {
      hasLeft = true;
      await withTurn(turns, async () => {
        if ((await removeUser(users, note)) === 0) await stop(server);
      });
    };
    return {
      server,
      whileUsed: (work) => withTurn(turns, async () => (hasLeft ? null : work())),
      leave: once(leaveServer),
    };
  });
}

function once(work: () => Promise<void>): () => Promise<void> {
  let result: Promise<void> | null = null;
  return () => (result ??= work());
}
