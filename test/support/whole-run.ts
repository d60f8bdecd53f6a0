// Global set-up of a run of all tests in several processes; `npm test` passes it to mocha.
import { holdTestServer } from './database/test-database.ts';

let leave: () => Promise<void> = async () => undefined;

/**
 * Starts the database server before the first process asks for it, so that none of them starts or stops it.
 */
export async function mochaGlobalSetup(): Promise<void> {
  leave = await holdTestServer();
}

/** Stops the server when all processes have ended. */
export async function mochaGlobalTeardown(): Promise<void> {
  await leave();
}
