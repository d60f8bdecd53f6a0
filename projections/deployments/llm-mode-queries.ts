import type { Db } from '../../src/database/db.ts';
import { lastDay } from '../../src/pricing/calendar.ts';
import { llmModes } from './tables.ts';

/** The LLM mode of a deployment from the end of a day on. */
interface LlmModeFact {
  day: string;
  llm_mode: string;
}

/** The modes of a deployment, in the order in which they hold. */
export interface LlmModeHistory {
  deployment_id: string;
  tenant_id: string;
  modes: LlmModeFact[];
}

/**
 * The modes up to the end of a month of every deployment that was in mode `allowance` at any time, in the
 * order of deployment ids. All other deployments are billed for the charges of the gateway in any mode.
 * @param atPosition only what was recorded up to this journal position
 */
export async function allowanceModes(
  db: Db,
  {
    period,
    atPosition,
    tenantId,
  }: { period: string; atPosition?: number | undefined; tenantId?: string | undefined },
): Promise<LlmModeHistory[]> {
  const known = () => db`m.effective_on <= ${lastDay(period)}::date
    ${atPosition === undefined ? db`` : db`and m.position <= ${atPosition}`}
    ${tenantId === undefined ? db`` : db`and m.tenant_id = ${tenantId}`}`;
  const rows = await db<(LlmModeFact & { deployment_id: string; tenant_id: string })[]>`
    select m.deployment_id, m.tenant_id, m.effective_on as day, m.llm_mode
    from ${db(llmModes.ref)} m
    where ${known()} and m.deployment_id in (
      select m.deployment_id from ${db(llmModes.ref)} m
      where m.llm_mode = 'allowance' and ${known()})
    order by m.deployment_id, m.effective_on, m.position`;
  const histories = new Map<string, LlmModeHistory>();
  for (const { deployment_id, tenant_id, ...mode } of rows) {
    const known = histories.get(deployment_id);
    if (known === undefined) histories.set(deployment_id, { deployment_id, tenant_id, modes: [mode] });
    else known.modes.push(mode);
  }
  return [...histories.values()];
}
