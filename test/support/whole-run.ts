// What a run of all tests in several processes needs beside them; named to mocha by `npm test`.
import { holdTestServer } from './database/test-database.ts';

let leave: () => Promise<void> = async () => undefined;

/**
 * Starts the database server before the first process asks for it, so that none of them starts or stops it.
 */
export async function mochaGlobalSetup(): Promise<void> {
  leave = await holdTestServer();
}

/** Stops it when all of them have ended. */
export async function mochaGlobalTeardown(): Promise<void> {
  await leave();
}
