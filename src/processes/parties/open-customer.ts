import { customerStream } from '../../../commands/parties/customer.ts';
import type { CustomerRow } from '../../../projections/parties/customer-queries.ts';
import type { AddressView, BuyerView } from '../../documents/document-view.ts';
import { ERASED, type PersonalData, type SealedValue } from '../../personal/personal-data.ts';

/** The personal fields of a profile. */
const personalFields = [
  'legal_name',
  'trading_name',
  'tax_id',
  'address',
  'emails',
  'contact',
  'po_number',
] as const;
export type PersonalField = (typeof personalFields)[number];

/** A customer in plain text: what documents show of the buyer. */
export type OpenedCustomer = BuyerView;

/** Where a tenant's personal fields are sealed. */
export const profilePlace = (tenantId: string) => ({
  stream: customerStream(tenantId),
  type: 'CustomerProfileSet',
});

type SealedProfile = Pick<CustomerRow, 'tenant_id' | 'locale' | PersonalField> & { erased_at: string | null };

const erasedAddress: AddressView = {
  lines: [ERASED],
  city: ERASED,
  region: ERASED,
  postcode: ERASED,
  country: ERASED,
};

/** Opens a customer's profile. Each field of an erased one reads `erased`; what was never set stays null. */
export async function openCustomer(personal: PersonalData, profile: SealedProfile): Promise<OpenedCustomer> {
  const [opened] = await openCustomers(personal, [profile]);
  if (opened === undefined) throw new Error('one profile opens as one');
  return opened;
}

/** Opens profiles, in order, with one look at the key ring. */
export async function openCustomers(
  personal: PersonalData,
  profiles: readonly SealedProfile[],
): Promise<OpenedCustomer[]> {
  const sealed = profiles.flatMap(sealedValues);
  const texts = await personal.open(sealed);
  const openedOf = new Map(sealed.map(({ sealed: text }, at) => [text, texts[at] ?? ERASED]));
  return profiles.map((profile) => view(profile, openedOf));
}

/** What is to be opened of a profile: nothing once its erasure is recorded. */
function sealedValues(profile: SealedProfile): SealedValue[] {
  if (profile.erased_at !== null) return [];
  const place = profilePlace(profile.tenant_id);
  return personalFields.flatMap((field) => {
    const sealed = profile[field];
    return sealed === null ? [] : [{ ...place, field, sealed }];
  });
}

function view(profile: SealedProfile, openedOf: ReadonlyMap<string, string>): OpenedCustomer {
  const text = (sealed: string): string => openedOf.get(sealed) ?? ERASED;
  const optional = (sealed: string | null): string | null => (sealed === null ? null : text(sealed));
  const address = text(profile.address);
  const emails = text(profile.emails);
  return {
    tenant_id: profile.tenant_id,
    legal_name: text(profile.legal_name),
    trading_name: optional(profile.trading_name),
    tax_id: optional(profile.tax_id),
    address: address === ERASED ? erasedAddress : (JSON.parse(address) as AddressView),
    emails: emails === ERASED ? { billing: [ERASED] } : (JSON.parse(emails) as BuyerView['emails']),
    contact: optional(profile.contact),
    po_number: optional(profile.po_number),
    locale: profile.locale,
  };
}
