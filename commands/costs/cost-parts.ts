import { mapSteps, type Steps } from '../../src/runtime/in-turns.ts';
import { listHashSteps, splitSteps } from '../../src/ledger/content-parts.ts';
import type { CostLine, CostLineMatch, CostPartEvent } from '../../src/events/costs.ts';

/** A set of parts on a stream that is named by their content. */
export interface PartSet {
  hash: string;
  stream: string;
  events: CostPartEvent[];
}

const linesAPart = 500;
/** Leaves room for the ids of {@link linesAPart} lines below the limit of an append. */
const bytesOfLinesAPart = 400_000;
const matchesAPart = 2_000;

/**
 * An invoice's lines as parts, in steps. The hash and the ends of the parts leave out the ids that the JSON
 * form adds: only the CSV decides whether an invoice changed, and a set that was half stored with ids can be
 * completed without them.
 */
export function* costLinesInParts(invoiceUuid: string, lines: readonly CostLine[]): Steps<PartSet> {
  const given = yield* mapSteps(lines, ({ provider_resource_id: _id, ...line }) => line);
  const hash = yield* listHashSteps(given);
  let start = 0;
  const parts = (yield* splitSteps(given, linesAPart, bytesOfLinesAPart)).map((part) =>
    lines.slice(start, (start += part.length)),
  );
  return {
    hash,
    stream: `cost-lines-${invoiceUuid}-${hash}`,
    events: parts.map((part, index) => ({
      type: 'CostLinesStored',
      data: {
        invoice_uuid: invoiceUuid,
        lines_hash: hash,
        part: index + 1,
        parts: parts.length,
        lines: part,
      },
    })),
  };
}

/** An invoice's matches as parts, in steps. */
export function* costMatchesInParts(invoiceUuid: string, matches: readonly CostLineMatch[]): Steps<PartSet> {
  const hash = yield* listHashSteps(matches);
  const parts = yield* splitSteps(matches, matchesAPart);
  return {
    hash,
    stream: `cost-matches-${invoiceUuid}-${hash}`,
    events: parts.map((part, index) => ({
      type: 'CostMatchesStored',
      data: {
        invoice_uuid: invoiceUuid,
        matches_hash: hash,
        part: index + 1,
        parts: parts.length,
        matches: part,
      },
    })),
  };
}
