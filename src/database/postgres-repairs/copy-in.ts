// A COPY that the server refuses after its last row fails with an error. The library drops that error and
// never ends the stream, so that its writer would wait for ever.
//
// Upstream: postgres 3.4.9, https://github.com/porsager/postgres/issues/1173
// Needed: test/database/postgres-repairs/copy-in.test.ts
// May go when: that test fails at "the library alone never ends a copy that is refused after its last row".
import type { Writable } from 'node:stream';
import type { Transaction } from '../db.ts';

/**
 * Runs `copy … from stdin` inside a transaction, in the text format.
 * @param statement the COPY
 * @param chunks whole or partial lines, in order
 * @throws the server's error, or a general one where the driver loses it; the transaction is then aborted
 */
export async function copyIn(tx: Transaction, statement: string, chunks: Iterable<string>): Promise<void> {
  const target = await tx.unsafe(statement).writable();
  let failure: Error | undefined;
  target.on('error', (error: Error) => {
    failure = error;
  });
  const wholeSent = onceSent(target);
  try {
    for (const chunk of chunks) await writeTo(target, chunk);
    target.end();
  } catch (error) {
    target.destroy(error as Error);
    throw failure ?? error;
  }
  await wholeSent;
  // The next statement of the transaction shows whether the copy failed: it is refused after any failure.
  await tx`select`.catch((error: unknown) => {
    throw failure ?? new Error('rows were refused', { cause: error });
  });
  if (failure !== undefined) throw failure;
}

/** Settles once all rows and the end of the copy are on their way, or the stream is closed. */
function onceSent(target: Writable): Promise<void> {
  return new Promise((resolve) => {
    const finalise = target._final.bind(target);
    target._final = (callback) => {
      finalise(callback);
      resolve();
    };
    target.once('close', resolve);
  });
}

async function writeTo(target: Writable, text: string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    target.write(text, (error) => {
      if (error) reject(error);
      else resolve();
    });
  });
}
