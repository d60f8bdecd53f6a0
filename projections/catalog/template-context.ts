/** The contexts of the commands on templates. */
import type { Db } from '../../src/database/db.ts';
import { planWithVersions } from './plan-queries.ts';
import { addonOffers } from './price-queries.ts';
import { versionsOfTemplate } from './template-queries.ts';

/** For defining a version: the plan and the addons that it names. */
export async function loadDefineTemplateContext(
  db: Db,
  { plan_code, addons }: { plan_code: string; addons: readonly string[] },
) {
  return { plan: await planWithVersions(db, plan_code, null), addons: await addonOffers(db, addons) };
}

/** For creating a deployment: the named or newest version of the template, its plan and its addons. */
export async function loadTemplateContext(
  db: Db,
  { template_code, template_version }: { template_code: string; template_version: string | null },
) {
  const versions = await versionsOfTemplate(db, template_code);
  const template =
    template_version === null
      ? versions.at(-1)
      : versions.find(({ version }) => version === template_version);
  if (template === undefined)
    return { template: null, is_known: versions.length > 0, plan: null, addons: [] };
  return { template, is_known: true, ...(await loadDefineTemplateContext(db, template)) };
}
