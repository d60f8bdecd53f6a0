import { z } from 'zod';
import { invoiceStream } from '../../../commands/invoicing/invoice.ts';
import { correctionRoute } from '../../http/routes/corrections.ts';
import { invoiceRoute } from '../../http/routes/invoices.ts';
import { definePage } from '../page.ts';
import { RecordedBy } from '../parts/as-of.tsx';
import { EventLink, EventsLink } from '../parts/events-link.tsx';
import { invoiceName } from '../parts/invoice-states.tsx';
import { lineColumns } from '../parts/line-columns.tsx';
import { NoteKind, notePurpose } from '../parts/note-kind.tsx';
import { PageHead, Section } from '../parts/page-head.tsx';
import { DataTable } from '../parts/table.tsx';
import { Absent, Day, Facts, Id, Instant, Money, Percent } from '../parts/values.tsx';
import { percentOf } from '../parts/percent-of.ts';

/** One credit or debit note with its lines. */
export const correctionPage = definePage({
  path: '/console/corrections/:id',
  access: 'admin',
  within: '/console/corrections',
  query: z.strictObject({ sort: z.string().optional() }),
  async load({ ask, params }) {
    const { data: note } = await ask(correctionRoute, { params: { id: params['id'] } });
    const { data: invoice } = await ask(invoiceRoute, { params: { id: note.invoice_id } });
    return { note, invoice };
  },
  title: ({ note }) => note.number ?? 'A note without a number yet',
  view: ({ note, invoice }) => (
    <>
      <PageHead
        title={note.number ?? 'Not numbered yet'}
        crumbs={[{ label: 'Credit and debit notes', href: '/console/corrections' }]}
        chips={<NoteKind kind={note.kind} />}
        lead={note.reason}
      >
        <a class="button" href={`/console/files/corrections/${encodeURIComponent(note.id)}.pdf`}>
          PDF
        </a>
        <a class="button" href={`/console/files/corrections/${encodeURIComponent(note.id)}.ubl.xml`}>
          UBL
        </a>
        <EventsLink stream={invoiceStream(note.invoice_id)} label="Events of the invoice" />
        <RecordedBy stream={invoiceStream(note.invoice_id)} />
      </PageHead>
      <Facts
        items={[
          [
            'Tenant',
            <a href={`/console/customers/${encodeURIComponent(note.tenant_id)}`}>{note.tenant_id}</a>,
          ],
          [
            'Of invoice',
            <a href={`/console/invoices/${encodeURIComponent(note.invoice_id)}`}>{invoiceName(invoice)}</a>,
          ],
          ['Purpose', notePurpose(note.purpose)],
          ['Issued', <Instant at={note.issued_at} />],
          ['Due', note.kind === 'debit_note' ? <Day day={note.due_on} /> : <Absent />],
          ['Invoice alone', <Money cents={invoice.total_cents} currency={invoice.currency} />],
          ['With its corrections', <Money cents={invoice.corrected_total_cents} />],
          [
            'Computed at',
            note.inputs_position === null ? <Absent /> : <EventLink position={note.inputs_position} />,
          ],
          ['Id', <Id id={note.id} />],
        ]}
      />
      <Section title="Lines">
        <DataTable
          caption={`Lines of the note, ${invoice.currency}`}
          columns={columns}
          rows={note.lines}
          rowKey={({ line_no }) => String(line_no)}
          totals={{ description: 'Total', amount: <Money cents={note.total_cents} /> }}
          empty="The note has no lines."
        />
        <p class="muted section-rest">
          Before tax <Money cents={note.subtotal_cents} />, {note.tax_name}{' '}
          <Percent value={percentOf(note.tax_rate)} /> <Money cents={note.tax_cents} />.
        </p>
      </Section>
    </>
  ),
});

const columns = lineColumns(<Absent />);
