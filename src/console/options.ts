import type { Logger } from '../runtime/logger.ts';
import type { ConsoleSessions } from '../database/console-sessions.ts';
import type { VerifyToken } from '../http/auth.ts';
import type { RouteRuntime } from '../http/call-route.ts';
import type { Deps } from '../http/deps.ts';
import type { ConsoleAction } from './action.ts';
import type { ConsoleDownload } from './download.ts';
import type { ConsolePage } from './page.ts';

/** Waits as long as a page is waited for before its frame is shown, or until the signal ends that. */
export type Patience = (signal: AbortSignal) => Promise<unknown>;

/** What the console is made from. */
export interface ConsoleOptions {
  deps: Deps;
  runtime: RouteRuntime;
  sessions: ConsoleSessions;
  verifyToken: VerifyToken;
  logger: Logger;
  pages: readonly ConsolePage[];
  actions: readonly ConsoleAction[];
  downloads: readonly ConsoleDownload[];
  /** How long a page is waited for before its frame is shown; default: a moment. */
  patience?: Patience;
}
