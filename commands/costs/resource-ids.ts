import type { InvoiceItem } from '../../src/digitalocean/billing-api.ts';
import type { InvoiceCsvLine } from '../../src/digitalocean/invoice-csv.ts';
import { mapSteps, type Steps } from '../../src/runtime/in-turns.ts';
import { identifies, matchKind } from '../../src/digitalocean/provider-ids.ts';

/** The longest id of the provider; longer text is no id. */
const longestId = 100;

type Content = Pick<InvoiceCsvLine, 'product' | 'description' | 'group_description' | 'amount_cents'> & {
  started_at: string | null;
  ended_at: string | null;
};

const whatOf = (line: Content): string =>
  JSON.stringify([
    line.product.trim(),
    line.group_description?.trim() ?? null,
    line.description.trim(),
    line.amount_cents,
  ]);
const timeOf = (instant: string | null): number | null => (instant === null ? null : Date.parse(instant));
const whatAndWhenOf = (line: Content): string =>
  JSON.stringify([whatOf(line), timeOf(line.started_at), timeOf(line.ended_at)]);

/**
 * Finds the item of the JSON form for each line of the CSV. Neither form names the other, and different lines
 * have no common order, so items and lines of equal content are joined in order. Lines whose times the two
 * forms write differently are joined by the rest of their content, if both forms have the same number of
 * them. A line without an equal item has none.
 * @returns the item of each line, by index
 */
export function* joinSteps(
  lines: readonly InvoiceCsvLine[],
  items: readonly InvoiceItem[],
): Steps<(InvoiceItem | null)[]> {
  const byContent = yield* grouped(items, whatAndWhenOf);
  const joined = yield* mapSteps(lines, (line) => byContent.get(whatAndWhenOf(line))?.next() ?? null);
  const restOfItems = yield* grouped(
    [...byContent.values()].flatMap((queue) => queue.rest()),
    whatOf,
  );
  const unjoined = lines
    .map((line, index) => ({ ...line, index }))
    .filter(({ index }) => joined[index] === null);
  for (const [content, queue] of yield* grouped(unjoined, whatOf)) {
    const rest = queue.rest();
    const candidates = restOfItems.get(content)?.rest();
    if (candidates?.length === rest.length)
      rest.forEach(({ index }, nth) => {
        joined[index] = candidates[nth] ?? null;
      });
  }
  return joined;
}

/**
 * Entries of equal content, in order. An index moves on: removing the first entry of an array would move all
 * others.
 */
class Queue<T> {
  readonly #entries: T[] = [];
  #taken = 0;

  add(entry: T): void {
    this.#entries.push(entry);
  }

  next(): T | undefined {
    return this.#entries[this.#taken++];
  }

  rest(): T[] {
    return this.#entries.slice(this.#taken);
  }
}

function* grouped<T>(list: readonly T[], keyOf: (entry: T) => string): Steps<Map<string, Queue<T>>> {
  const groups = new Map<string, Queue<T>>();
  for (const entry of list) {
    const key = keyOf(entry);
    const group = groups.get(key) ?? new Queue<T>();
    groups.set(key, group);
    group.add(entry);
    yield;
  }
  return groups;
}

/** The resource id of an item; of two, the one in the form that ids of this kind have. */
export function idOfItem(item: InvoiceItem | null, kind: string | null): string | null {
  const ids = [item?.resource_id, item?.resource_uuid].filter(
    (id): id is string => typeof id === 'string' && id !== '0' && id.length <= longestId,
  );
  return ids.find((id) => kind !== null && identifies(matchKind(kind), id)) ?? ids[0] ?? null;
}
