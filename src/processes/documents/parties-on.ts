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

/**
 * Seller and buyer of a document that was issued on a day.
 * @throws {Refused} `no-seller` and `no-profile`, with the fields that are missing
 */
export async function partiesOn(
  ledger: Ledger,
  personal: PersonalData,
  tenantId: string,
  day: string,
): Promise<{ seller: SellerView; buyer: BuyerView }> {
  const { seller, customer } = await ledger.read(async (db) => ({
    seller: await sellerOn(db, day),
    customer: await customerOn(db, tenantId, day),
  }));
  if (seller === null) throw missing('no-seller', 'seller', sellerFields, 'the seller is not set');
  if (customer === null)
    throw missing('no-profile', 'customer', customerFields, `the customer ${tenantId} has no profile`);
  const buyer = await openCustomer(personal, customer);
  // No country has this code: its keys are destroyed.
  if (buyer.address.country === ERASED)
    throw missing(
      'no-profile',
      'customer',
      customerFields,
      `the data of the customer ${tenantId} were erased`,
    );
  return { seller: sellerView(seller), buyer };
}

function sellerView({ legal_name, tax_id, address, email, phone, bank, footer }: SellerRow): SellerView {
  return { legal_name, tax_id, address, email, phone, bank, footer };
}
