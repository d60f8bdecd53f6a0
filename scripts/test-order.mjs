// The order in which a run of all tests in several processes starts its files.
import { readdirSync } from 'node:fs';

/**
 * Folders and files that take longest, the longest first: started last, one of them would go on alone while
 * the other processes have nothing left. Those that mostly wait come before those that mostly compute, as
 * type check and lint run beside the first ones.
 */
export const longest = [
  'test/examples/',
  'test/processes/simulated-year.test.ts',
  'test/ops/',
  'test/console/browser/browser.test.ts',
  'test/cli/',
  'test/demo/',
  'test/machines/',
  'test/history/as-of-resource.test.ts',
  'test/processes/ingestion/large-invoice.test.ts',
  'test/http/matrix.test.ts',
  'test/http/plans.test.ts',
  'test/fuzz/',
  'test/property/',
  'test/faults/killed-',
  'test/processes/',
  'test/http/llm-usage-busy-log.test.ts',
  'test/http/events-export.test.ts',
  'test/journal/eventstoredb/',
  'test/faults/',
  'test/jobs/',
];

/** Every test file below the folder `test` of the current directory, in the order to start them. */
export function testFiles() {
  const rank = (file) => {
    const found = longest.findIndex((start) => file.startsWith(start));
    return found === -1 ? longest.length : found;
  };
  return readdirSync('test', { recursive: true })
    .map((path) => `test/${path.replaceAll('\\', '/')}`)
    .filter((path) => path.endsWith('.test.ts'))
    .sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1));
}
