import type { CustomerProfile } from '../../../commands/parties/customer.ts';
import type { CustomerFields } from '../../../commands/parties/customer-fields.ts';
import type { CommandMeta, CommandOutcome, Ledger } from '../../ledger/ledger.ts';
import { Refused } from '../../ledger/refusal.ts';
import type { PersonalData } from '../../personal/personal-data.ts';
import { commands } from '../commands.ts';
import { finishErasures } from './erase-customer.ts';
import { profilePlace } from './open-customer.ts';

/** What the processes of customers use. */
export interface CustomerDeps {
  ledger: Ledger;
  personal: PersonalData;
}

/**
 * Seals a customer's profile under the tenant's key and sets it, by default from today on. An erasure that
 * comes in between is finished first, so that the profile is sealed under a new key.
 */
export async function setCustomer(
  deps: CustomerDeps,
  tenantId: string,
  fields: CustomerFields,
  meta: CommandMeta,
): Promise<CommandOutcome<CustomerProfile>> {
  const attempt = async () =>
    deps.ledger.execute(commands.setCustomerProfile, await sealedProfile(deps, tenantId, fields), meta);
  try {
    return await attempt();
  } catch (error) {
    if (!(error instanceof Refused) || error.refusal.refused !== 'conflict') throw error;
    await finishErasures(deps);
    return attempt();
  }
}

async function sealedProfile(
  { ledger, personal }: CustomerDeps,
  tenantId: string,
  fields: CustomerFields,
): Promise<CustomerProfile> {
  const { lines, city, region, postcode, country } = fields.address;
  const sealed = await personal.seal(tenantId, profilePlace(tenantId), {
    legal_name: fields.legal_name,
    trading_name: fields.trading_name,
    tax_id: fields.tax_id,
    address: JSON.stringify({ lines, city, region, postcode, country }),
    emails: JSON.stringify({ billing: fields.emails.billing }),
    contact: fields.contact,
    po_number: fields.po_number,
  });
  return {
    tenant_id: tenantId,
    effective_from: fields.effective_from ?? ledger.now().slice(0, 10),
    net_days: fields.net_days,
    locale: fields.locale,
    ...sealed,
  };
}
