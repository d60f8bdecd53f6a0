import { setImmediate as nextTurn } from 'node:timers/promises';

/** Items that are worked on in one turn of the event loop: some milliseconds of work. */
const itemsATurn = 1_000;

/** Maps a long list without holding everything else up: others have their turn every thousand items. */
export async function inTurns<Item, Result>(items: readonly Item[], task: (item: Item, index: number) => Result): Promise<Result[]> {
  const results: Result[] = [];
  for (const [index, item] of items.entries()) {
    if (index > 0 && index % itemsATurn === 0) await nextTurn();
    results.push(task(item, index));
  }
  return results;
}
