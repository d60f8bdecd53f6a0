import { loadConfig } from '../config.ts';
import { openLedger, type OpenLedger } from '../open-ledger.ts';
import { openParts } from '../parts.ts';
import { ShadowFailed } from '../read-models/rebuild/swap.ts';
import { silentLogger } from '../runtime/logger.ts';
import { createPhases, type Phases } from './phases.ts';
import { stopSignal } from './stop-signal.ts';

/** The sections of the configuration that a ledger needs without jobs and API. */
export const ledgerSections = ['log', 'invoicing'] as const;

/**
 * Works on the configured ledger, with its progress on stderr.
 * @param onStop what the command line says at a signal to stop
 * @returns null when the work was interrupted
 */
export async function withLedger<T>(
  onStop: string,
  work: (ledger: OpenLedger, phases: Phases, signal: AbortSignal) => Promise<T>,
): Promise<T | null> {
  const config = loadConfig(process.env, ledgerSections);
  const open = await openLedger(await openParts(config, { logger: silentLogger }));
  const phases = createPhases(process.stderr, 'events');
  const abort = new AbortController();
  const stop = stopSignal(() => {
    abort.abort(new ShadowFailed('it was interrupted'));
    process.stderr.write(`\n${onStop}; press again to stop at once.\n`);
  });
  try {
    const done = await work(open, phases, abort.signal);
    return abort.signal.aborted ? null : done;
  } catch (error) {
    if (abort.signal.aborted) return null;
    throw error;
  } finally {
    phases.end();
    await open.close();
    stop.release();
  }
}
