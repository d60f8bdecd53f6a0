import { setImmediate as nextTurn } from 'node:timers/promises';

const turnMs = 15;

/** Long work that can pause after each step. */
export type Steps<Result> = Generator<void, Result, void>;

/** Does all steps at once. */
export function atOnce<Result>(steps: Steps<Result>): Result {
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}

/** Does long work in turns of a few milliseconds, so that the event loop goes on in between. */
export async function inTurns<Result>(steps: Steps<Result>): Promise<Result> {
  for (let since = performance.now(); ;) {
    const step = steps.next();
    if (step.done === true) return step.value;
    if (performance.now() - since < turnMs) continue;
    await nextTurn();
    since = performance.now();
  }
}

/** Maps a list, an item a step. */
export function* mapSteps<Item, Result>(
  items: readonly Item[],
  task: (item: Item, index: number) => Result,
): Steps<Result[]> {
  const results: Result[] = [];
  for (const [index, item] of items.entries()) {
    results.push(task(item, index));
    yield;
  }
  return results;
}
