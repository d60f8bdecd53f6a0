import type { InvoiceItem } from '../../src/digitalocean/billing-api.ts';
import type { InvoiceCsvLine } from '../../src/digitalocean/invoice-csv.ts';
import { classifyLine } from './line-kind.ts';
import { mapSteps, type Steps } from '../../src/runtime/in-turns.ts';
import type { CostLine } from '../../src/events/costs.ts';
import { idOfItem, joinSteps } from './resource-ids.ts';

/**
 * An invoice's CSV lines, classified, with the ids of their resources where the JSON form has them; in steps.
 * @param items the JSON form, or null if the provider has none
 */
export function* costLineSteps(
  csvLines: readonly InvoiceCsvLine[],
  items: readonly InvoiceItem[] | null,
): Steps<CostLine[]> {
  const joined = items === null ? [] : yield* joinSteps(csvLines, items);
  return yield* mapSteps(csvLines, (line, index) => {
    const { kind, name, is_tax } = classifyLine(line);
    return { ...line, kind, name, is_tax, provider_resource_id: idOfItem(joined[index] ?? null, kind) };
  });
}
