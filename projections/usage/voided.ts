import type { Db } from '../../src/database/db.ts';

/**
 * The condition under which a report counts, a row of `llm_usage`, `reported_usage` or `charges` named
 * `alias`: it is recorded and not taken back, both as of a journal position (undefined: as of all that the
 * snapshot has).
 */
export function countsAt(db: Db, alias: string, atPosition: number | undefined) {
  const voided = db(`${alias}.voided_position`);
  if (atPosition === undefined) return db`${voided} is null`;
  return db`${db(`${alias}.position`)} <= ${atPosition} and (${voided} is null or ${voided} > ${atPosition})`;
}
