import { join } from 'node:path';
import { withTurn } from './turn-lock.ts';
import { addUser, countUsers, removeUser } from './users.ts';

export type SharedServer<S> = {
  /** Starts or finds the server; null for no server. `living` processes use it already. */
  ensure: (living: number) => Promise<S>;
  stop: (server: NonNullable<S>) => Promise<void>;
};

export type Membership<S> = {
  server: S;
  /** Runs `work` while no other process starts or stops the server; null once this process has left. */
  whileUsed: <T>(work: () => Promise<T>) => Promise<T | null>;
  /** Leaves the server, once; the last to leave stops it. */
  leave: () => Promise<void>;
};

/**
 * Makes this process a user of the server of `directory`; the last to leave stops it. Starts and stops take
 * turns across processes; killed users do not count. In `directory`: `users` (a note of each) and `turns`
 * (the lock).
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
