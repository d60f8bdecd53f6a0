/**
 * Documents in UBL 2.1, profile PINT A-NZ (billing). Invoices have type 380, debit notes 383, credit notes
 * 381 with amounts that have no minus. All amounts are those of the PDF.
 */
import { create } from 'xmlbuilder2';
import type { InvoiceView, SellerView } from '../document-view.ts';
import { lineElements } from './lines.ts';
import { buyerParty, sellerParty } from './parties.ts';
import { taxTotal } from './taxes.ts';
import { amount, present, text, type XmlElement } from './xml.ts';

const namespace = 'urn:oasis:names:specification:ubl:schema:xsd:';

/** Payment by credit transfer (UNCL 4461), with the number of the document as its reference. */
function paymentMeans(seller: SellerView, number: string): XmlElement | undefined {
  const { bank } = seller;
  const account = text(bank.account_number) ?? text(bank.iban);
  if (account === undefined) return undefined;
  const branch = text(bank.bsb) ?? text(bank.bic);
  return {
    'cbc:PaymentMeansCode': { '@name': 'Credit transfer', '#': '30' },
    'cbc:PaymentID': number,
    'cac:PayeeFinancialAccount': present({
      'cbc:ID': account,
      'cbc:Name': text(bank.account_name),
      'cac:FinancialInstitutionBranch': branch === undefined ? undefined : { 'cbc:ID': branch },
    }),
  };
}

/** @param sign −1 for a credit note */
function monetaryTotal(view: InvoiceView, sign: 1 | -1): XmlElement {
  const { currency } = view;
  // A credit note is taken in whole: what it pays is decided after it.
  const payable = view.kind === 'credit_note' ? view.total_cents : view.due_cents;
  const prepaid = view.total_cents - payable;
  return {
    'cbc:LineExtensionAmount': amount(sign * view.subtotal_cents, currency),
    'cbc:TaxExclusiveAmount': amount(sign * view.subtotal_cents, currency),
    'cbc:TaxInclusiveAmount': amount(sign * view.total_cents, currency),
    ...(prepaid === 0 ? {} : { 'cbc:PrepaidAmount': amount(sign * prepaid, currency) }),
    'cbc:PayableAmount': amount(sign * payable, currency),
  };
}

function noteOf(view: InvoiceView): string | undefined {
  const kind = view.goodwill ? 'Goodwill credit. ' : '';
  return text(`${kind}${view.reason ?? ''}`);
}

function contentOf(view: InvoiceView): XmlElement {
  const credit = view.kind === 'credit_note';
  const sign = credit ? -1 : 1;
  const order = text(view.buyer.po_number);
  const { corrects } = view;
  return present({
    'cbc:CustomizationID': 'urn:peppol:pint:billing-1@aunz-1',
    'cbc:ProfileID': 'urn:peppol:bis:billing',
    'cbc:ID': view.number,
    'cbc:IssueDate': view.issued_on,
    'cbc:DueDate': credit ? undefined : view.due_on,
    [credit ? 'cbc:CreditNoteTypeCode' : 'cbc:InvoiceTypeCode']:
      view.kind === 'invoice' ? '380' : credit ? '381' : '383',
    'cbc:Note': noteOf(view),
    'cbc:DocumentCurrencyCode': view.currency,
    'cbc:BuyerReference': text(view.buyer.contact) ?? text(view.buyer.tenant_id),
    'cac:InvoicePeriod': { 'cbc:StartDate': view.period_start, 'cbc:EndDate': view.period_end },
    'cac:OrderReference': order === undefined ? undefined : { 'cbc:ID': order },
    'cac:BillingReference':
      corrects === null
        ? undefined
        : {
            'cac:InvoiceDocumentReference': {
              'cbc:ID': corrects.number,
              'cbc:IssueDate': corrects.issued_on,
            },
          },
    'cac:AccountingSupplierParty': { 'cac:Party': sellerParty(view.seller) },
    'cac:AccountingCustomerParty': { 'cac:Party': buyerParty(view.buyer) },
    'cac:PaymentMeans': credit ? undefined : paymentMeans(view.seller, view.number),
    'cac:PaymentTerms': {
      'cbc:Note': credit ? 'Set against what is owed, or kept as a balance' : `Payable by ${view.due_on}`,
    },
    'cac:TaxTotal': taxTotal(view, sign),
    'cac:LegalMonetaryTotal': monetaryTotal(view, sign),
    [credit ? 'cac:CreditNoteLine' : 'cac:InvoiceLine']: lineElements(view),
  });
}

/** The document as UBL, UTF-8 text with its declaration. The same view gives the same text. */
export function renderUbl(view: InvoiceView): string {
  const root = view.kind === 'credit_note' ? 'CreditNote' : 'Invoice';
  return create(
    { version: '1.0', encoding: 'UTF-8' },
    {
      [root]: {
        '@xmlns': `${namespace}${root}-2`,
        '@xmlns:cac': `${namespace}CommonAggregateComponents-2`,
        '@xmlns:cbc': `${namespace}CommonBasicComponents-2`,
        ...contentOf(view),
      },
    },
  ).end({ prettyPrint: true });
}
