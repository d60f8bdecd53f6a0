import type { InvoiceView } from '../../documents/document-view.ts';
import type { CommandMeta, Ledger } from '../../ledger/ledger.ts';
import type { MailClient } from '../../mail/mail-client.ts';
import type { PersonalData } from '../../personal/personal-data.ts';
import type { Logger } from '../../runtime/logger.ts';
import type { PartiesView } from '../documents/parties-on.ts';

/** What is mailed of an issue: its frozen content, and the PDF of it. */
export interface MailedDocument {
  view: InvoiceView;
  pdf: Buffer;
}

/** What mailing needs. */
export interface DeliveryDeps {
  ledger: Ledger;
  personal: PersonalData;
  mail: MailClient;
  logger: Logger;
  /**
   * The document of an issue, frozen now if it is not yet.
   * @throws {Refused} with what is missing: seller, profile or number
   */
  documentOf(invoiceId: string, issueNo: number, meta: () => CommandMeta): Promise<MailedDocument>;
  /**
   * Seller and customer as they are today, for a notice.
   * @throws {Refused} `no-seller`; `no-profile`, also for an erased customer
   */
  partiesOf(tenantId: string): Promise<PartiesView>;
  /** The billing addresses of a tenant's profile today; none once they are erased. */
  addressesOf(tenantId: string): Promise<string[]>;
}
