/** An amount that goes from a group to a place. */
type Flow = number[][];

interface Step {
  group: number;
  place: number;
}

/**
 * Distributes the members of groups over places, as many as fit, at the lowest total cost: by successive
 * cheapest paths. Equal input gives an equal answer.
 * @param sizes how many members each group has
 * @param rooms how many members each place takes
 * @param cost of one member of a group in a place, an integer from 0
 * @returns how many members of each group are in each place
 */
export function assignGroups(
  sizes: readonly number[],
  rooms: readonly number[],
  cost: (group: number, place: number) => number,
): Flow {
  const flow: Flow = sizes.map(() => rooms.map(() => 0));
  const left = [...sizes];
  const free = [...rooms];
  for (;;) {
    const path = cheapestPath(left, free, flow, cost);
    if (path === null) return flow;
    move(path, { left, free, flow });
  }
}

/**
 * The cheapest way to place one more member: it goes from a group to a place, one of that place on to
 * another, and so on to a place with room. Null where no member is left or no place has room.
 */
function cheapestPath(
  left: readonly number[],
  free: readonly number[],
  flow: Flow,
  cost: (group: number, place: number) => number,
): Step[] | null {
  const toGroup = left.map((count) => (count > 0 ? 0 : Infinity));
  const toPlace = free.map(() => Infinity);
  const groupOf: (number | undefined)[] = [];
  const placeBefore: (number | undefined)[] = [];
  for (let changed = true; changed;) {
    changed = false;
    toGroup.forEach((reached, group) => {
      toPlace.forEach((known, place) => {
        const price = cost(group, place);
        if (reached + price < known) {
          [toPlace[place], groupOf[place], changed] = [reached + price, group, true];
        } else if ((flow[group]?.[place] ?? 0) > 0 && known - price < (toGroup[group] ?? 0)) {
          [toGroup[group], placeBefore[group], changed] = [known - price, place, true];
        }
      });
    });
  }
  let end: number | undefined;
  toPlace.forEach((price, place) => {
    if ((free[place] ?? 0) > 0 && price < (end === undefined ? Infinity : (toPlace[end] ?? 0))) end = place;
  });
  if (end === undefined) return null;
  const path: Step[] = [];
  for (let place: number | undefined = end; place !== undefined;) {
    const group: number = groupOf[place] ?? 0;
    path.unshift({ group, place });
    place = placeBefore[group];
  }
  return path;
}

/** Moves as many members along a path as there are and fit. */
function move(
  path: readonly Step[],
  { left, free, flow }: { left: number[]; free: number[]; flow: Flow },
): void {
  const [first, last] = [path[0] as Step, path.at(-1) as Step];
  /** Of the group of each step but the first, members leave the place of the step before. */
  const leaving = path.slice(1).map(({ group }, index) => ({ group, place: (path[index] as Step).place }));
  const count = Math.min(
    left[first.group] ?? 0,
    free[last.place] ?? 0,
    ...leaving.map(({ group, place }) => flow[group]?.[place] ?? 0),
  );
  const add = ({ group, place }: Step, change: number): void => {
    const row = flow[group] as number[];
    row[place] = (row[place] ?? 0) + change;
  };
  path.forEach((step) => {
    add(step, count);
  });
  leaving.forEach((step) => {
    add(step, -count);
  });
  left[first.group] = (left[first.group] ?? 0) - count;
  free[last.place] = (free[last.place] ?? 0) - count;
}
