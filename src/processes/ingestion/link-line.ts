import type { ChangedMatches } from '../../../commands/costs/link-cost-line.ts';
import { identifySteps, linkedMatch, type IdentifiedLine } from '../../../commands/costs/line-links.ts';
import { lineMatcher } from '../../../commands/costs/match-lines.ts';
import { resource, resourceStream, seenResource } from '../../../commands/inventory/resource.ts';
import { costLineAt, type ListedCostLine } from '../../../projections/costs/cost-line-queries.ts';
import { lineSetsOf, type LineSets } from '../../../projections/costs/line-set-queries.ts';
import type { CostLine, CostLineMatch } from '../../events/costs.ts';
import { foldStream } from '../../ledger/fold-stream.ts';
import type { CommandMeta, Ledger } from '../../ledger/ledger.ts';
import { refuse, refuseField, Refused } from '../../ledger/refusal.ts';
import { inTurns } from '../../runtime/in-turns.ts';
import { commands } from '../commands.ts';
import { forInvoice } from './ingestion.ts';
import { candidatesFor, periodOf } from './line-candidates.ts';
import { retried } from './retried.ts';
import { storeMatches } from './store-matches.ts';

/** A line of an invoice by its number, as the id of a cost line has it. */
export interface LineAt {
  invoice_uuid: string;
  line_no: number;
}

/** A line after a change of its link. */
export interface LinkedLineResult {
  line: ListedCostLine;
  position: string;
}

/**
 * Links a line by hand to a resource, or to none.
 * @throws {Refused} `not-found` for a line that does not count, `invalid-input` for tax, `unknown-resource`
 */
export async function linkLine(
  ledger: Ledger,
  { resource_id, reason, ...at }: LineAt & { resource_id: string | null; reason: string },
  meta: () => CommandMeta,
): Promise<LinkedLineResult> {
  return changeLine(ledger, at, meta, {
    async check(line) {
      if (line.is_tax) throw new Refused(refuseField('id', 'a line that is tax is for no resource'));
      if (resource_id === null) return;
      const known = foldStream(resource, await ledger.events(resourceStream(resource_id)));
      if (seenResource(known) === null)
        throw new Refused(
          refuse('unknown-resource', `there is no resource ${resource_id}`, {
            errors: [{ path: 'resource_id', message: 'is unknown' }],
          }),
        );
    },
    match: async (_sets, line, { key }) => linkedMatch(line.line_no, key, resource_id),
    async execute(change, identified) {
      const input = { ...change, ...identified, resource_id, reason };
      return ledger.execute(commands.linkCostLine, input, meta());
    },
  });
}

/**
 * Gives a line back to the matching, by the inventory as it is now.
 * @throws {Refused} `not-found` for a line that does not count
 */
export async function unlinkLine(
  ledger: Ledger,
  { reason, ...at }: LineAt & { reason: string | null },
  meta: () => CommandMeta,
): Promise<LinkedLineResult> {
  return changeLine(ledger, at, meta, {
    async check() {
      // Every line can be given back.
    },
    match: async (sets, line) => matchWithoutLink(ledger, sets, line),
    execute: async (change, identified) =>
      ledger.execute(commands.unlinkCostLine, { ...change, ...identified, reason }, meta()),
  });
}

/** What a line matches by the inventory as it is now; one without a link keeps its match. */
async function matchWithoutLink(
  ledger: Ledger,
  { period, matches }: LineSets,
  line: CostLine,
): Promise<CostLineMatch> {
  const old = matches.find(({ line_no }) => line_no === line.line_no);
  if (old !== undefined && old.link_key === undefined) return old;
  const month = periodOf({ billing_period: period });
  const candidates = await ledger.readLatest((db) => candidatesFor(db, [line], month));
  return lineMatcher(candidates, month)(line);
}

/**
 * What {@link unlinkLine} would make of a line.
 * @throws {Refused} `not-found` for a line that does not count
 */
export async function lineWithoutLink(
  ledger: Ledger,
  { invoice_uuid, line_no }: LineAt,
): Promise<Pick<CostLineMatch, 'resource_id' | 'unmatched_reason'>> {
  const sets = await ledger.readLatest((db) => lineSetsOf(db, invoice_uuid));
  const line = sets?.lines.find((one) => one.line_no === line_no);
  if (sets === null || line === undefined) throw noLine(invoice_uuid, line_no);
  const { resource_id, unmatched_reason } = await matchWithoutLink(ledger, sets, line);
  return { resource_id, unmatched_reason };
}

const noLine = (uuid: string, lineNo: number): Refused =>
  new Refused(refuse('not-found', `there is no cost line ${uuid}:${lineNo}`));

interface LineChange {
  check: (line: CostLine) => Promise<void>;
  match: (sets: LineSets, line: CostLine, identified: IdentifiedLine) => Promise<CostLineMatch>;
  execute: (change: ChangedMatches, identified: IdentifiedLine) => Promise<{ position: string }>;
}

/** Changes the match of one line: the others keep theirs. The new set is stored before it counts. */
async function changeLine(
  ledger: Ledger,
  { invoice_uuid, line_no }: LineAt,
  meta: () => CommandMeta,
  { check, match, execute }: LineChange,
): Promise<LinkedLineResult> {
  const change = async (): Promise<LinkedLineResult> => {
    const sets = await ledger.readLatest((db) => lineSetsOf(db, invoice_uuid));
    const index = sets?.lines.findIndex((line) => line.line_no === line_no) ?? -1;
    const line = sets?.lines[index];
    const identified = sets === null ? undefined : (await inTurns(identifySteps(sets.lines)))[index];
    if (sets === null || line === undefined || identified === undefined) throw noLine(invoice_uuid, line_no);
    await check(line);
    const changed = await match(sets, line, identified);
    const matches = sets.matches.map((one) => (one.line_no === line_no ? changed : one));
    const { position } = await execute(
      {
        invoice_uuid,
        from: { lines_hash: sets.lines_hash, matches_hash: sets.matches_hash },
        matches: await storeMatches(ledger, invoice_uuid, matches, meta),
      },
      identified,
    );
    const shown = await ledger.readLatest((db) => costLineAt(db, { invoice_uuid, line_no }));
    if (shown === null) throw noLine(invoice_uuid, line_no);
    return { line: shown, position };
  };
  return forInvoice(ledger, invoice_uuid, () => retried(change));
}
