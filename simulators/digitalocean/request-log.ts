import type { Json } from './json.ts';

/** One request as it arrived, and what became of it. */
export interface LoggedRequest {
  method: string;
  url: string;
  path: string;
  query: Record<string, string>;
  /** The page asked for; 1 where none was. */
  page: number;
  /** Status answered; null where no headers were sent. */
  status: number | null;
  /** The bearer token; null where there was none in the right form. */
  token: string | null;
  /** Virtual time, ISO in whole seconds ... */
  at: string;
  /** ... and in milliseconds. */
  at_ms: number;
  /** Kind of the fault that hit it, or null. */
  fault: string | null;
  body?: Json;
}
