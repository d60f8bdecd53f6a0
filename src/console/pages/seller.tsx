import type { z } from 'zod';
import { sellerStream } from '../../../commands/parties/seller.ts';
import { sellerRoute } from '../../http/routes/seller.ts';
import { Refused } from '../../ledger/refusal.ts';
import { setSeller } from '../actions/seller.ts';
import { definePage, type Ask } from '../page.ts';
import { EventsLink } from '../parts/events-link.tsx';
import { ActionForm, useDraftOf } from '../parts/form.tsx';
import { Disclosure, Notice } from '../parts/notice.tsx';
import { PageHead, Section } from '../parts/page-head.tsx';
import { Absent, Day, Facts } from '../parts/values.tsx';

type Seller = z.output<typeof sellerRoute.response>['data'];

/** Null: none is set. */
async function sellerOf(ask: Ask): Promise<Seller | null> {
  try {
    return (await ask(sellerRoute)).data;
  } catch (error) {
    if (error instanceof Refused && error.refusal.refused === 'not-found') return null;
    throw error;
  }
}

/** The operator's own business as it stands on documents. */
export const sellerPage = definePage({
  path: '/console/seller',
  access: 'admin',
  nav: { group: 'Ledger', label: 'Seller' },
  load: async ({ ask }) => ({ seller: await sellerOf(ask) }),
  title: () => 'Seller',
  view: ({ seller }) => (
    <>
      <PageHead title="Seller" lead="Your own business as it stands on invoices, notes and receipts.">
        <EventsLink stream={sellerStream} />
      </PageHead>
      {seller === null ? (
        <Notice tone="warn" title="No seller is set">
          <p>Invoices get neither numbers nor documents until there is one.</p>
        </Notice>
      ) : (
        <SellerFacts seller={seller} />
      )}
      <SellerForm seller={seller} />
    </>
  ),
});

function SellerFacts({ seller }: { seller: Seller }) {
  const { address, bank } = seller;
  const place = [...address.lines, address.city, address.region, address.postcode, address.country];
  return (
    <>
      <Section title="As on documents">
        <Facts
          items={[
            ['Legal name', seller.legal_name],
            ['Tax number', seller.tax_id],
            ['Invoice prefix', <code>{seller.invoice_prefix}</code>],
            ['From', <Day day={seller.effective_from} />],
            ['Address', place.filter((part) => part !== null).join(', ')],
            ['E-mail', seller.email],
            ['Phone', seller.phone ?? <Absent />],
            ['Footer', seller.footer ?? <Absent />],
          ]}
        />
      </Section>
      <Section title="Bank account">
        <Facts
          items={[
            ['Bank', bank.name],
            ['Account name', bank.account_name],
            ['BSB', bank.bsb ?? <Absent />],
            ['Account number', bank.account_number ?? <Absent />],
            ['IBAN', bank.iban ?? <Absent />],
            ['BIC', bank.bic ?? <Absent />],
          ]}
        />
      </Section>
    </>
  );
}

function SellerForm({ seller }: { seller: Seller | null }) {
  const draft = useDraftOf(setSeller);
  // The day from which it stands is asked anew: by default a change counts from today.
  const { effective_from: _from, ...values } = seller ?? { effective_from: '' };
  return (
    <Section title={seller === null ? 'Set the seller' : 'Change it'}>
      <Disclosure
        summary={seller === null ? 'Set the seller…' : 'Change the seller…'}
        open={seller === null || draft !== null}
      >
        <ActionForm action={setSeller} values={values}>
          <p>
            It stands on documents issued from that day on. Those that are issued keep the seller that they
            were issued with. Numbers of another prefix begin at 1.
          </p>
        </ActionForm>
      </Disclosure>
    </Section>
  );
}
