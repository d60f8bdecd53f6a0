/** Links to the documents of an invoice, of its notes and of payments. */
import { Icon } from '../parts/icon.tsx';

/** A file that the session may have. */
export function FileLink({ href, label, of }: { href: string; label: string; of: string }) {
  return (
    <a class="file-link" href={href} aria-label={`${label} of ${of}`}>
      <Icon name="download" />
      {label}
    </a>
  );
}

/** PDF and UBL of an invoice; of an older issue where its number is given. */
export function InvoiceFiles({ id, name, issueNo }: { id: string; name: string; issueNo?: number }) {
  const at = `/console/files/invoices/${encodeURIComponent(id)}`;
  const issue = issueNo === undefined ? '' : `?issue_no=${issueNo}`;
  return (
    <>
      <FileLink href={`${at}.pdf${issue}`} label="PDF" of={name} />{' '}
      <FileLink href={`${at}.ubl.xml${issue}`} label="UBL" of={name} />
    </>
  );
}

/** PDF and UBL of a credit or debit note. */
export function NoteFiles({ id, name }: { id: string; name: string }) {
  const at = `/console/files/corrections/${encodeURIComponent(id)}`;
  return (
    <>
      <FileLink href={`${at}.pdf`} label="PDF" of={name} />{' '}
      <FileLink href={`${at}.ubl.xml`} label="UBL" of={name} />
    </>
  );
}

/** The receipt of a payment. */
export function Receipt({ id, name }: { id: string; name: string }) {
  return (
    <FileLink href={`/console/files/payments/${encodeURIComponent(id)}.pdf`} label="Receipt" of={name} />
  );
}
