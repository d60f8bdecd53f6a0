import { contentHash } from '../../src/ledger/content-parts.ts';
import { mapSteps, type Steps } from '../../src/runtime/in-turns.ts';
import type { CostLine, CostLineMatch, LinkedLine } from '../../src/events/costs.ts';

/** The links by hand of an invoice: the key of a line, and its resource, or null for no resource. */
export type LineLinks = Readonly<Record<string, string | null>>;

/** A line by its content, and its key. */
export interface IdentifiedLine {
  key: string;
  line: LinkedLine;
}

/** What a line is by its content: an invoice that is issued again may give it another number. */
type LineContent = Pick<
  CostLine,
  'product' | 'group_description' | 'description' | 'started_at' | 'ended_at'
>;

const instantOf = (instant: string | null): string | null =>
  instant === null ? null : new Date(instant).toISOString();

/**
 * The lines of an invoice by their content, in the order given. Of lines with equal content each is known by
 * its place among them, from 1. In steps.
 */
export function* identifySteps(lines: readonly LineContent[]): Steps<IdentifiedLine[]> {
  const seen = new Map<string, number>();
  return yield* mapSteps(lines, ({ product, group_description, description, started_at, ended_at }) => {
    const content = {
      product,
      group_description,
      description,
      started_at: instantOf(started_at),
      ended_at: instantOf(ended_at),
    };
    const hash = contentHash(content);
    const occurrence = (seen.get(hash) ?? 0) + 1;
    seen.set(hash, occurrence);
    return { key: `${hash}-${occurrence}`, line: { ...content, occurrence } };
  });
}

/** The match of a line that is linked by hand. */
export const linkedMatch = (lineNo: number, key: string, resourceId: string | null): CostLineMatch => ({
  line_no: lineNo,
  resource_id: resourceId,
  unmatched_reason: resourceId === null ? 'by-hand' : null,
  link_key: key,
});

/**
 * The matches of an invoice's lines with its links by hand in the place of what the matching found. Tax is
 * for no resource, whatever a link says. In steps.
 */
export function* withLinkSteps(
  lines: readonly CostLine[],
  matches: readonly CostLineMatch[],
  links: LineLinks,
): Steps<CostLineMatch[]> {
  if (Object.keys(links).length === 0) return [...matches];
  const identified = yield* identifySteps(lines);
  return yield* mapSteps(matches, (match, index) => {
    const key = identified[index]?.key;
    const resourceId = key === undefined ? undefined : links[key];
    if (key === undefined || resourceId === undefined || lines[index]?.is_tax === true) return match;
    return linkedMatch(match.line_no, key, resourceId);
  });
}
