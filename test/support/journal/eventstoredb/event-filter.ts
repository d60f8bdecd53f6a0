// The filter of a subscription to `$all`, by the stream's name or the event's type.
import type { StreamMessages } from './messages.ts';
import type { LogRecord } from './server-log.ts';

/**
 * How many events the server examines before it goes on with the next page, unless the filter gives another
 * number.
 */
const SEARCH_WINDOW = 32;

export interface EventFilter {
  matches: (record: LogRecord) => boolean;
  /** How many events are examined at a time. */
  searchWindow: number;
  /** After how many events, matching or not, the subscriber receives a checkpoint. */
  checkpointEvery: number;
}

export function eventFilter(options: StreamMessages.ReadReq.Options.FilterOptions): EventFilter {
  const byStream = options.getStreamIdentifier();
  const expression = byStream ?? options.getEventType();
  const text = (record: LogRecord): string => (byStream === undefined ? record.type : record.stream);
  const regex = expression?.getRegex() ?? '';
  const pattern = regex === '' ? null : new RegExp(regex);
  const prefixes = expression?.getPrefixList() ?? [];
  const searchWindow = options.hasMax() ? options.getMax() : SEARCH_WINDOW;
  return {
    matches: (record) =>
      pattern === null
        ? prefixes.some((prefix) => text(record).startsWith(prefix))
        : pattern.test(text(record)),
    searchWindow,
    checkpointEvery: Math.max(options.getCheckpointintervalmultiplier(), 1) * searchWindow,
  };
}
