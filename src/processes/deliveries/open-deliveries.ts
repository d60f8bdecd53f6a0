import { customerOn } from '../../../projections/parties/customer-queries.ts';
import { refuse, Refused } from '../../ledger/refusal.ts';
import { ERASED } from '../../personal/personal-data.ts';
import { dayOf } from '../../pricing/calendar.ts';
import { freezeDocument } from '../documents/freeze-document.ts';
import { partiesOn } from '../documents/parties-on.ts';
import { renderDocument } from '../documents/render-document.ts';
import { openCustomer } from '../parties/open-customer.ts';
import type { ProcessDeps } from '../process.ts';
import type { DeliveryDeps } from './delivery-deps.ts';

/** What mailing needs, of a process. @throws {Refused} `not-configured` without a mail server */
export function deliveryDeps(deps: ProcessDeps): DeliveryDeps {
  const { ledger, personal, mail, logger } = deps;
  if (mail === null)
    throw new Refused(refuse('not-configured', 'no mail server is configured (SMTP_URL, MAIL_FROM)'));
  return {
    ...{ ledger, personal, mail, logger },
    async documentOf(invoiceId, issueNo, meta) {
      const key = { kind: 'invoice', subject_id: invoiceId, issue_no: issueNo } as const;
      const { view } = await freezeDocument(deps, key, meta);
      if (view.kind === 'receipt') throw new Error('the document of an invoice is no receipt');
      return { view, pdf: (await renderDocument(deps, key, 'pdf', meta)).bytes };
    },
    partiesOf: (tenantId) => partiesOn(ledger, personal, tenantId, dayOf(ledger.now())),
    async addressesOf(tenantId) {
      const row = await ledger.readLatest((db) => customerOn(db, tenantId, dayOf(ledger.now())));
      if (row === null) return [];
      const { emails } = await openCustomer(personal, row);
      return emails.billing.filter((address) => address !== ERASED);
    },
  };
}
