// Measures one figure, or prepares the data of some, in a process of its own: no heap, plan or cache of
// another figure or of the preparation affects it. The first argument is the task as JSON; the figure is
// sent to the parent process as a message.
import { benches } from './benches.ts';
import { createDatabase, openContext } from './context.ts';
import { measure } from './figure.ts';
import type { ServerTarget } from '../../src/database/db.ts';

/** A step, its figure and its database. */
export interface FigureTask {
  step: 'prepare' | 'measure';
  name: string;
  server: ServerTarget;
  database: string;
  events: number;
  repetitions: number;
}

const task = JSON.parse(process.argv[2] ?? '') as FigureTask;
const bench = benches.find(({ name }) => name === task.name);
if (bench === undefined) throw new Error(`no figure is named ${task.name}`);
const context = openContext({ ...task.server, database: task.database }, task.events);
try {
  if (task.step === 'prepare') {
    await createDatabase(task.server, context);
    await bench.data?.prepare(context);
  } else {
    const { pair, close } = await bench.open(context);
    try {
      const figure = await measure(pair, task.repetitions);
      process.send?.(figure);
    } finally {
      await close?.();
    }
  }
} finally {
  await context.sql.end();
}
process.disconnect();
