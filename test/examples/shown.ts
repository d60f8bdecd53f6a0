// What a page shows of an answer, compared with the answer.

const id = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;

/** Members that no two runs have alike. */
const ofTheRun = new Set([
  'id',
  'run_id',
  'position',
  'revision',
  'inputs_position',
  'created_at',
  'recorded_at',
  'at',
  'next_cursor',
  'events',
  'effective_on',
  'resource_id',
]);

/**
 * The lines that a page shows and a program has not written. Ids, seconds and the width of spaces and rules
 * may differ.
 */
export function linesMissing(shown: string, written: string): string[] {
  const plain = (text: string): string[] =>
    text
      .split('\n')
      .map((line) =>
        line
          .replaceAll(id, '<id>')
          .replaceAll(/\d+\.\d s\b/g, '<n> s')
          .replaceAll(/─+/g, '─')
          .replaceAll(/\s+/g, ' ')
          .trim(),
      )
      .filter((line) => line !== '');
  const found = new Set(plain(written));
  return plain(shown).filter((line) => !found.has(line));
}

/**
 * The members with plain values that a page shows in JSON and an answer lacks, except those that differ from
 * run to run.
 */
export function membersMissing(shown: string, answer: string): string[] {
  const members = (text: string): string[] =>
    [...text.matchAll(/"([a-z_]+)":\s?("(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?|true|false|null|\[\]|\{\})/g)]
      .filter(
        ([, name = '', value = '']) =>
          !ofTheRun.has(name) && !value.includes('…') && value.match(id) === null,
      )
      .map(([, name = '', value = '']) => `"${name}":${value}`);
  const found = new Set(members(answer));
  return [...new Set(members(shown))].filter((member) => !found.has(member));
}
