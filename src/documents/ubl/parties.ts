import type { AddressView, BuyerView, SellerView } from '../document-view.ts';
import { present, text, type XmlElement } from './xml.ts';

/** A registration number and the list that it is of (ISO 6523). */
interface Registration {
  scheme: string;
  id: string;
}

/**
 * The number by which a company is registered, where PINT A-NZ has a list for it: the ABN in Australia, the
 * NZBN in New Zealand.
 */
function registrationOf(country: string, taxId: string | null): Registration | null {
  const digits = (taxId ?? '').replaceAll(/[\s.-]/g, '');
  if (country === 'AU' && /^\d{11}$/.test(digits)) return { scheme: '0151', id: digits };
  if (country === 'NZ' && /^\d{13}$/.test(digits)) return { scheme: '0088', id: digits };
  return null;
}

function addressOf(address: AddressView): XmlElement {
  const [street = null, second = null, ...rest] = address.lines;
  const more = text(rest.join(', '));
  return present({
    'cbc:StreetName': text(street),
    'cbc:AdditionalStreetName': text(second),
    'cbc:CityName': text(address.city),
    'cbc:PostalZone': text(address.postcode),
    'cbc:CountrySubentity': text(address.region),
    'cac:AddressLine': more === undefined ? undefined : { 'cbc:Line': more },
    'cac:Country': { 'cbc:IdentificationCode': address.country },
  });
}

interface PartyInput {
  legalName: string;
  tradingName: string | null;
  taxId: string | null;
  address: AddressView;
  /** Stands in for the electronic address of a party that is in neither list. */
  email: string;
  identification: string | null;
  contact: XmlElement;
}

function partyOf(party: PartyInput): XmlElement {
  const registered = registrationOf(party.address.country, party.taxId);
  const number = registered?.id ?? text(party.taxId);
  const contact = present(party.contact);
  const identification = text(party.identification);
  const tradingName = text(party.tradingName);
  return present({
    'cbc:EndpointID': registered
      ? { '@schemeID': registered.scheme, '#': registered.id }
      : { '@schemeID': 'EM', '#': text(party.email) ?? '-' },
    'cac:PartyIdentification': identification === undefined ? undefined : { 'cbc:ID': identification },
    'cac:PartyName': tradingName === undefined ? undefined : { 'cbc:Name': tradingName },
    'cac:PostalAddress': addressOf(party.address),
    'cac:PartyTaxScheme':
      number === undefined ? undefined : { 'cbc:CompanyID': number, 'cac:TaxScheme': { 'cbc:ID': 'GST' } },
    'cac:PartyLegalEntity': present({
      'cbc:RegistrationName': text(party.legalName) ?? '-',
      'cbc:CompanyID': registered === null ? number : { '@schemeID': registered.scheme, '#': registered.id },
    }),
    'cac:Contact': Object.keys(contact).length === 0 ? undefined : contact,
  });
}

/** The operator's company as a party. */
export function sellerParty(seller: SellerView): XmlElement {
  return partyOf({
    legalName: seller.legal_name,
    tradingName: null,
    taxId: seller.tax_id,
    address: seller.address,
    email: seller.email,
    identification: null,
    contact: { 'cbc:Telephone': text(seller.phone), 'cbc:ElectronicMail': text(seller.email) },
  });
}

/** The customer as a party. */
export function buyerParty(buyer: BuyerView): XmlElement {
  const email = buyer.emails.billing[0] ?? '';
  return partyOf({
    legalName: buyer.legal_name,
    tradingName: buyer.trading_name,
    taxId: buyer.tax_id,
    address: buyer.address,
    email,
    identification: buyer.tenant_id,
    contact: { 'cbc:Name': text(buyer.contact), 'cbc:ElectronicMail': text(email) },
  });
}
