import { customerOn } from '../../../projections/parties/customer-queries.ts';
import { sellerOn, type SellerRow } from '../../../projections/parties/seller-queries.ts';
import type { BuyerView, SellerView } from '../../documents/document-view.ts';
import type { Ledger } from '../../ledger/ledger.ts';
import { refuse, Refused, type RefusalCode } from '../../ledger/refusal.ts';
import { ERASED, type PersonalData } from '../../personal/personal-data.ts';
import { openCustomer } from '../parties/open-customer.ts';

/** What a document needs of the seller and of its customer. */
const sellerFields = ['legal_name', 'tax_id', 'address', 'email', 'bank', 'invoice_prefix'];
const customerFields = ['legal_name', 'address', 'emails'];

function missing(code: RefusalCode, party: string, fields: readonly string[], detail: string): Refused {
  const errors = fields.map((field) => ({ path: `${party}.${field}`, message: 'is not set' }));
  return new Refused(refuse(code, `${detail}: ${fields.join(', ')}`, { errors }));
}

/** Who stands on a document. */
export interface PartiesView {
  seller: SellerView;
  buyer: BuyerView;
}

/**
 * Seller and buyer on a day. The fields of an erased customer read `erased`.
 * @throws {Refused} `no-seller` and `no-profile`, with the fields that are missing
 */
export async function presentParties(
  ledger: Ledger,
  personal: PersonalData,
  tenantId: string,
  day: string,
): Promise<PartiesView> {
  const { seller, customer } = await ledger.read(async (db) => ({
    seller: await sellerOn(db, day),
    customer: await customerOn(db, tenantId, day),
  }));
  if (seller === null) throw missing('no-seller', 'seller', sellerFields, 'the seller is not set');
  if (customer === null)
    throw missing('no-profile', 'customer', customerFields, `the customer ${tenantId} has no profile`);
  return { seller: sellerView(seller), buyer: await openCustomer(personal, customer) };
}

/** Whether a customer's data were erased: no country has this code. */
export const isErased = ({ address }: BuyerView): boolean => address.country === ERASED;

/**
 * Seller and buyer of a document that was issued on a day, and is to be frozen.
 * @throws {Refused} as `presentParties` does; `no-profile` for an erased customer
 */
export async function partiesOn(
  ledger: Ledger,
  personal: PersonalData,
  tenantId: string,
  day: string,
): Promise<PartiesView> {
  const parties = await presentParties(ledger, personal, tenantId, day);
  if (!isErased(parties.buyer)) return parties;
  const detail = `the data of the customer ${tenantId} were erased`;
  throw missing('no-profile', 'customer', customerFields, detail);
}

function sellerView({ legal_name, tax_id, address, email, phone, bank, footer }: SellerRow): SellerView {
  return { legal_name, tax_id, address, email, phone, bank, footer };
}
