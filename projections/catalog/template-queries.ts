import type { Db } from '../../src/database/db.ts';
import type { WantedSpec } from '../../src/events/catalog.ts';
import { templates } from './tables.ts';

/** A version of a template in the API. */
export interface TemplateRow {
  code: string;
  version: string;
  plan_code: string;
  /** Codes; a repeated one is another pack. */
  addons: string[];
  llm_mode: string;
  specs: WantedSpec[];
  defined_at: string;
}

const columns = (db: Db) => db`code, version, plan_code, addons, llm_mode, specs, defined_at`;

/**
 * The newest version of each template, by code.
 * @param code only this one
 */
export function listTemplates(
  db: Db,
  { code, after, limit }: { code?: string | undefined; after: string | null; limit: number },
): Promise<TemplateRow[]> {
  return db<TemplateRow[]>`
    select distinct on (code) ${columns(db)} from ${db(templates.ref)}
    where true
      ${code === undefined ? db`` : db`and code = ${code}`}
      ${after === null ? db`` : db`and code > ${after}`}
    order by code, position desc limit ${limit}`;
}

/** The versions of a template in the order in which they were defined; none for an unknown code. */
export function versionsOfTemplate(db: Db, code: string): Promise<TemplateRow[]> {
  return db<TemplateRow[]>`
    select ${columns(db)} from ${db(templates.ref)} where code = ${code} order by position`;
}
