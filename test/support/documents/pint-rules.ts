/**
 * The rules of PINT A-NZ (billing 1.1.3) that a document of ours can break, by the names that the
 * specification gives them. Each is written anew over the parsed document.
 */
import { convert } from 'xmlbuilder2';
import { compareDecimals, sumDecimals, multiplyDecimals, shiftDecimal } from '../../../src/pricing/money.ts';

/** An element of a parsed document. */
export type Node = string | { [name: string]: Node | Node[] };

/** What is at a path such as `cac:Price/cbc:PriceAmount`, in order. */
export function at(node: Node | undefined, path: string): Node[] {
  let found: Node[] = node === undefined ? [] : [node];
  for (const name of path.split('/'))
    found = found.flatMap((one) => {
      const member = typeof one === 'string' ? undefined : one[name];
      return member === undefined ? [] : Array.isArray(member) ? member : [member];
    });
  return found;
}

/** The text of an element. */
export const textOf = (node: Node | undefined): string => {
  if (node === undefined || typeof node === 'string') return node ?? '';
  const text = node['#'];
  return typeof text === 'string' ? text : '';
};

const entities = { '&lt;': '<', '&gt;': '>', '&amp;': '&', '&quot;': '"' } as const;

/** The texts at a path. */
export const texts = (node: Node | undefined, path: string): string[] =>
  at(node, path).map((found) =>
    textOf(found).replaceAll(/&(?:lt|gt|amp|quot);/g, (name) => entities[name as keyof typeof entities]),
  );

const one = (node: Node | undefined, path: string): string => texts(node, path)[0] ?? '';
const attribute = (node: Node | undefined, name: string): string => one(node, `@${name}`);
const sum = (values: string[]): string => sumDecimals(values);
const same = (a: string, b: string): boolean => compareDecimals(a, b) === 0;
const difference = (a: string, b: string): string => sum([a, multiplyDecimals(b, '-1')]);
const within = (a: string, b: string, slack: string): boolean => {
  const apart = difference(a, b).replace('-', '');
  return compareDecimals(apart, slack) <= 0;
};

/** A parsed document: its root and the name of its root. */
export interface Parsed {
  name: 'Invoice' | 'CreditNote';
  root: Node;
  lines: Node[];
  quantity: string;
}

/** Reads a document; its text has to be well-formed. */
export function parse(xml: string): Parsed {
  const document = convert(xml, { format: 'object', verbose: false }) as unknown as Record<string, Node>;
  const name = 'CreditNote' in document ? 'CreditNote' : 'Invoice';
  const root = document[name] ?? '';
  return {
    name,
    root,
    lines: at(root, `cac:${name}Line`),
    quantity: name === 'CreditNote' ? 'cbc:CreditedQuantity' : 'cbc:InvoicedQuantity',
  };
}

type Rule = (document: Parsed) => boolean;

const has =
  (path: string): Rule =>
  ({ root }) =>
    one(root, path) !== '';
const everyLine =
  (holds: (line: Node, document: Parsed) => boolean): Rule =>
  (document) =>
    document.lines.every((line) => holds(line, document));

const supplier = 'cac:AccountingSupplierParty/cac:Party';
const customer = 'cac:AccountingCustomerParty/cac:Party';
const total = (document: Parsed, name: string): string =>
  one(document.root, `cac:LegalMonetaryTotal/cbc:${name}`) || '0';
const subtotals = ({ root }: Parsed): Node[] => at(root, 'cac:TaxTotal/cac:TaxSubtotal');
const lineCategory = 'cac:Item/cac:ClassifiedTaxCategory';

function everyElement(node: Node, holds: (name: string, element: Node) => boolean, name = ''): boolean {
  if (!holds(name, node)) return false;
  if (typeof node === 'string') return true;
  return Object.entries(node).every(([member, value]) =>
    (Array.isArray(value) ? value : [value]).every((child) => everyElement(child, holds, member)),
  );
}

const abnWeights = [10, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19];
const isAbn = (text: string): boolean =>
  /^\d{11}$/.test(text) &&
  abnWeights.reduce((checked, weight, i) => checked + weight * (Number(text[i]) - (i === 0 ? 1 : 0)), 0) %
    89 ===
    0;

const ofCategory = (document: Parsed, code: string): Node[] =>
  document.lines.filter((line) => one(line, `${lineCategory}/cbc:ID`) === code);

function allowances(line: Node, charge: 'true' | 'false'): string {
  const found = at(line, 'cac:AllowanceCharge').filter(
    (one_) => textOf(at(one_, 'cbc:ChargeIndicator')[0]) === charge,
  );
  return sum(found.map((one_) => one(one_, 'cbc:Amount')));
}

const registered =
  (party: string): Rule =>
  ({ root }) => {
    const country = one(root, `${party}/cac:PostalAddress/cac:Country/cbc:IdentificationCode`);
    const company = at(root, `${party}/cac:PartyLegalEntity/cbc:CompanyID`)[0];
    return country !== 'AU' || (textOf(company) !== '' && attribute(company, 'schemeID') === '0151');
  };

/** Each rule by its name: whether a document keeps it. */
export const pintRules: Record<string, Rule> = {
  'aligned-ibrp-001-aunz': ({ root }) =>
    one(root, 'cbc:CustomizationID') === 'urn:peppol:pint:billing-1@aunz-1',
  'aligned-ibrp-002': ({ root }) => one(root, 'cbc:ProfileID') === 'urn:peppol:bis:billing',
  'ibr-002': has('cbc:ID'),
  'ibr-003': has('cbc:IssueDate'),
  'ibr-004': ({ name, root }) => one(root, `cbc:${name}TypeCode`) !== '',
  'ibr-cl-01': ({ name, root }) =>
    (name === 'Invoice' ? ['380', '383'] : ['381']).includes(one(root, `cbc:${name}TypeCode`)),
  'ibr-005': has('cbc:DocumentCurrencyCode'),
  'ibr-006': has(`${supplier}/cac:PartyLegalEntity/cbc:RegistrationName`),
  'ibr-007': has(`${customer}/cac:PartyLegalEntity/cbc:RegistrationName`),
  'ibr-009': has(`${supplier}/cac:PostalAddress/cac:Country/cbc:IdentificationCode`),
  'ibr-011': has(`${customer}/cac:PostalAddress/cac:Country/cbc:IdentificationCode`),
  'ibr-016': ({ lines }) => lines.length > 0,
  'ibr-021': everyLine((line) => one(line, 'cbc:ID') !== ''),
  'ibr-022': everyLine((line, { quantity }) => one(line, quantity) !== ''),
  'ibr-023': everyLine((line, { quantity }) =>
    ['MON', 'HUR', 'DAY', 'E34', 'MIL', 'C62'].includes(attribute(at(line, quantity)[0], 'unitCode')),
  ),
  'ibr-024': everyLine((line) => one(line, 'cbc:LineExtensionAmount') !== ''),
  'ibr-025': everyLine((line) => one(line, 'cac:Item/cbc:Name') !== ''),
  'ibr-026': everyLine((line) => one(line, 'cac:Price/cbc:PriceAmount') !== ''),
  'ibr-027': everyLine((line) => !one(line, 'cac:Price/cbc:PriceAmount').startsWith('-')),
  'ibr-042': everyLine((line) =>
    at(line, 'cac:AllowanceCharge').every((charge) => one(charge, 'cbc:AllowanceChargeReason') !== ''),
  ),
  'ibr-062': ({ root }) => attribute(at(root, `${supplier}/cbc:EndpointID`)[0], 'schemeID') !== '',
  'ibr-063': ({ root }) => attribute(at(root, `${customer}/cbc:EndpointID`)[0], 'schemeID') !== '',
  'ibr-073': ({ root }) =>
    everyElement(root, (name, node) => !/Date$/.test(name) || /^\d{4}-\d\d-\d\d$/.test(textOf(node))),
  'ibr-079': ({ root }) => everyElement(root, (_, node) => typeof node !== 'string' || node.trim() !== ''),
  'ibr-080': has(`${customer}/cbc:EndpointID`),
  'ibr-081': has(`${supplier}/cbc:EndpointID`),
  'ibr-085': everyLine((line, { root }) =>
    texts(line, 'cac:InvoicePeriod/cbc:StartDate').every(
      (day) => day >= one(root, 'cac:InvoicePeriod/cbc:StartDate'),
    ),
  ),
  'ibr-086': everyLine((line, { root }) =>
    texts(line, 'cac:InvoicePeriod/cbc:EndDate').every(
      (day) => day <= one(root, 'cac:InvoicePeriod/cbc:EndDate'),
    ),
  ),
  'ibr-087': everyLine((line) => compareDecimals(one(line, 'cac:Price/cbc:BaseQuantity'), '0') > 0),
  'ibr-088': everyLine(
    (line, { quantity }) =>
      attribute(at(line, 'cac:Price/cbc:BaseQuantity')[0], 'unitCode') ===
      attribute(at(line, quantity)[0], 'unitCode'),
  ),
  'ibr-049': ({ root }) =>
    at(root, 'cac:PaymentMeans').every((means) => one(means, 'cbc:PaymentMeansCode') === '30'),
  'ibr-120': ({ root }) =>
    everyElement(
      root,
      (_, node) => typeof node === 'string' || node['@schemeID'] !== '0151' || isAbn(textOf(node)),
    ),
  'ibr-124': ({ root }) =>
    everyElement(
      root,
      (name, node) =>
        !/Amount$/.test(name) || name === 'cbc:PriceAmount' || /^-?\d+\.\d\d$/.test(textOf(node)),
    ),
  'ibr-126': ({ root }) =>
    everyElement(
      root,
      (_, node) =>
        typeof node === 'string' ||
        node['@currencyID'] === undefined ||
        node['@currencyID'] === one(root, 'cbc:DocumentCurrencyCode'),
    ),
  'ibr-co-10': (document) =>
    same(
      total(document, 'LineExtensionAmount'),
      sum(document.lines.map((line) => one(line, 'cbc:LineExtensionAmount'))),
    ),
  'ibr-co-13': (document) =>
    same(total(document, 'TaxExclusiveAmount'), total(document, 'LineExtensionAmount')),
  'ibr-co-14': (document) =>
    same(
      one(document.root, 'cac:TaxTotal/cbc:TaxAmount'),
      sum(subtotals(document).map((subtotal) => one(subtotal, 'cbc:TaxAmount'))),
    ),
  'ibr-co-15': (document) =>
    same(
      total(document, 'TaxInclusiveAmount'),
      sum([total(document, 'TaxExclusiveAmount'), one(document.root, 'cac:TaxTotal/cbc:TaxAmount')]),
    ),
  'ibr-co-16': (document) =>
    same(
      total(document, 'PayableAmount'),
      difference(total(document, 'TaxInclusiveAmount'), total(document, 'PrepaidAmount')),
    ),
  'ibr-co-25': ({ root }) => one(root, 'cbc:DueDate') !== '' || one(root, 'cac:PaymentTerms/cbc:Note') !== '',
  'ibr-co-26': has(`${supplier}/cac:PartyLegalEntity/cbc:CompanyID`),
  'aligned-ibr-001-aunz': registered(supplier),
  'aligned-ibr-004-aunz': registered(customer),
  'aligned-ibrp-003': ({ root }) =>
    one(root, 'cbc:BuyerReference') !== '' || one(root, 'cac:OrderReference/cbc:ID') !== '',
  'aligned-ibrp-021': ({ root }) => at(root, 'cac:TaxTotal').length === 1,
  'aligned-ibrp-050-aunz': everyLine((line) => one(line, `${lineCategory}/cac:TaxScheme/cbc:ID`) === 'GST'),
  'aligned-ibrp-053': everyLine((line, { quantity }) =>
    within(
      one(line, 'cbc:LineExtensionAmount'),
      sum([
        multiplyDecimals(one(line, quantity), one(line, 'cac:Price/cbc:PriceAmount')),
        allowances(line, 'true'),
        multiplyDecimals(allowances(line, 'false'), '-1'),
      ]),
      '0.02',
    ),
  ),
  'aligned-ibrp-059': everyLine((line) => at(line, lineCategory).length === 1),
  'aligned-ibrp-cl-01-aunz': everyLine((line) =>
    ['S', 'Z', 'E', 'G', 'O'].includes(one(line, `${lineCategory}/cbc:ID`)),
  ),
  'aligned-ibrp-s-01-aunz': (document) =>
    ofCategory(document, 'S').length > 0 ===
    subtotals(document).some((subtotal) => one(subtotal, 'cac:TaxCategory/cbc:ID') === 'S'),
  'aligned-ibrp-s-08-aunz': (document) =>
    subtotals(document).every((subtotal) =>
      same(
        one(subtotal, 'cbc:TaxableAmount'),
        sum(
          ofCategory(document, one(subtotal, 'cac:TaxCategory/cbc:ID')).map((line) =>
            one(line, 'cbc:LineExtensionAmount'),
          ),
        ),
      ),
    ),
  'aligned-ibrp-s-09-aunz': (document) =>
    subtotals(document)
      .filter((subtotal) => one(subtotal, 'cac:TaxCategory/cbc:ID') === 'S')
      .every((subtotal) =>
        within(
          one(subtotal, 'cbc:TaxAmount'),
          shiftDecimal(
            multiplyDecimals(
              one(subtotal, 'cbc:TaxableAmount'),
              one(subtotal, 'cac:TaxCategory/cbc:Percent'),
            ),
            2,
          ),
          '1',
        ),
      ),
  'aligned-ibrp-e-05-aunz': (document) =>
    [...ofCategory(document, 'E'), ...ofCategory(document, 'Z')].every(
      (line) => one(line, `${lineCategory}/cbc:Percent`) === '0',
    ),
  'aligned-ibrp-o-05-aunz': (document) =>
    ofCategory(document, 'O').every((line) => at(line, `${lineCategory}/cbc:Percent`).length === 0),
};

/** The names of the rules that a document breaks. */
export function brokenRules(xml: string): string[] {
  const document = parse(xml);
  return Object.entries(pintRules)
    .filter(([, keeps]) => !keeps(document))
    .map(([name]) => name);
}
