import { expect } from 'chai';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { identityOf } from '../../src/embedded/processes.ts';
import { withTurn } from '../../src/embedded/turn-lock.ts';

describe('turn lock', () => {
  let directory: string;

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'arcadia-turns-'));
  });

  afterEach(async () => {
    await rm(directory, { recursive: true, force: true });
  });

  it('admits one at a time, and each once', async () => {
    let inside = 0;
    let most = 0;
    const done = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        withTurn(directory, async () => {
          inside += 1;
          most = Math.max(most, inside);
          await setImmediate();
          inside -= 1;
          return index;
        }),
      ),
    );
    expect(most).to.equal(1);
    expect(done).to.deep.equal(Array.from({ length: 20 }, (_, index) => index));
  });

  it('is free again after work that failed', async () => {
    let message = '';
    await withTurn(directory, () => Promise.reject(new Error('no luck'))).catch(
      (error: unknown) => (message = String(error)),
    );
    expect(message).to.contain('no luck');
    expect(await withTurn(directory, async () => 'next')).to.equal('next');
  });

  it('takes over from a holder that is gone, also when its process id is in use again', async () => {
    await writeFile(
      join(directory, 'ticket-7'),
      JSON.stringify({ pid: process.pid, started: 'in another life' }),
    );
    expect(await withTurn(directory, async () => readdir(directory))).to.deep.equal(['ticket-8']);
  });

  it('waits for a holder that lives, and fails in the end', async () => {
    await writeFile(join(directory, 'ticket-7'), JSON.stringify(await identityOf(process.pid)));
    let message = '';
    await withTurn(directory, async () => 'in', 60).catch((error: unknown) => (message = String(error)));
    expect(message).to.contain('has held the lock');
  });
});
