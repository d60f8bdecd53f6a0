import { z } from 'zod';
import { customerStream } from '../../../../commands/parties/customer.ts';
import { customerRoute } from '../../../http/routes/customers.ts';
import { accountRoute } from '../../../http/routes/tenants.ts';
import { orNull } from '../../ask-or-null.ts';
import { definePage, type Ask } from '../../page.ts';
import { AsOf, asOfParameters, isPast, momentsAsked, PastNotice } from '../../parts/as-of.tsx';
import { EventsLink } from '../../parts/events-link.tsx';
import { Tabs } from '../../parts/filters.tsx';
import { PageHead, Section } from '../../parts/page-head.tsx';
import { Chip, Figure, Figures, Id, Money } from '../../parts/values.tsx';
import { loadMargin, MarginByMonth } from './margin.tsx';
import { loadMoney, MoneyTab } from './money.tsx';
import { loadNotices, NoticesTab } from './notices.tsx';
import { loadOverview, Overview, overdueOf, type Account } from './overview.tsx';
import { loadProfile, ProfileFacts, ProfileTab, type Profile } from './profile.tsx';
import { loadUsage, Usage } from './usage.tsx';

const query = z.strictObject({
  tab: z.enum(['usage', 'money', 'margin', 'notices', 'profile']).optional(),
  period: z.string().optional(),
  from: z.string().optional(),
  to: z.string().optional(),
  cursor: z.string().optional(),
  sort: z.string().optional(),
  usage_sort: z.string().optional(),
  invoices_cursor: z.string().optional(),
  payments_cursor: z.string().optional(),
  ...asOfParameters,
});

/** Asks for what a tab shows, and shows it: each tab by its own routes alone. */
async function contentOf(
  ask: Ask,
  { account, profile }: { account: Account; profile: Profile | null },
  asked: z.output<typeof query>,
  today: string,
) {
  const { tenant_id } = account;
  switch (asked.tab) {
    case 'usage': {
      const usage = await loadUsage(ask, tenant_id, asked, today);
      return () => <Usage {...usage} />;
    }
    case 'money': {
      const money = await loadMoney(ask, tenant_id, asked, today);
      return () => <MoneyTab account={account} {...money} />;
    }
    case 'margin': {
      const margin = await loadMargin(ask, tenant_id);
      return () => <MarginByMonth tenantId={tenant_id} margin={margin} />;
    }
    case 'notices': {
      const notices = await loadNotices(ask, tenant_id, asked.cursor);
      return () => <NoticesTab notices={notices} />;
    }
    case 'profile': {
      const toErase = await loadProfile(ask, tenant_id);
      return () => <ProfileTab tenantId={tenant_id} profile={profile} toErase={toErase} />;
    }
    case undefined: {
      const overview = await loadOverview(ask, tenant_id);
      return () => <Overview account={account} {...overview} />;
    }
  }
}

/** A customer as it was: the profile in force, and what it owed at the end of the day. */
function PastCustomer({ account, profile }: { account: Account; profile: Profile | null }) {
  return (
    <>
      <PastNotice now={`/console/customers/${encodeURIComponent(account.tenant_id)}`}>
        <p>Its deployments, invoices and usage have pages with a past of their own.</p>
      </PastNotice>
      <Figures>
        <Figure name="Open" note={`at the end of ${account.as_of}`}>
          <Money cents={account.total_cents} currency={account.currency} />
        </Figure>
        <Figure name="Overdue" note={`at the end of ${account.as_of}`}>
          <Money cents={overdueOf(account)} />
        </Figure>
        <Figure name="Balance" note={`at the end of ${account.as_of}`}>
          <Money cents={account.balance_cents} />
        </Figure>
      </Figures>
      <Section title="Profile">
        {profile === null ? <p>There was no profile then.</p> : <ProfileFacts profile={profile} />}
      </Section>
    </>
  );
}

/** The name that a customer is called by. */
const nameOf = (tenantId: string, profile: Profile | null): string =>
  profile === null || profile.erased_at !== null ? tenantId : (profile.trading_name ?? profile.legal_name);

/** One customer: all that it is, has, owes and is worth. */
export const customerPage = definePage({
  path: '/console/customers/:tenant_id',
  access: 'admin',
  within: '/console/customers',
  query,
  async load({ ask, params, query: asked, today }) {
    const tenant_id = params['tenant_id'] ?? '';
    const moments = momentsAsked(asked);
    const day = (moments.as_of ?? moments.known_at)?.slice(0, 10);
    const account = (await ask(accountRoute, { params: { tenant_id }, query: { as_of: day } })).data;
    const found = await orNull(ask(customerRoute, { params: { tenant_id }, query: moments }));
    const profile = found?.data ?? null;
    if (isPast(asked))
      return { account, profile, Content: () => <PastCustomer account={account} profile={profile} /> };
    return { account, profile, Content: await contentOf(ask, { account, profile }, asked, today) };
  },
  title: ({ account, profile }) => nameOf(account.tenant_id, profile),
  view: ({ account, profile, Content }) => (
    <>
      <PageHead
        title={nameOf(account.tenant_id, profile)}
        lead={<Id id={account.tenant_id} short={false} />}
        crumbs={[{ label: 'Customers', href: '/console/customers' }]}
        chips={
          <>
            {profile === null && <Chip tone="warn">no profile</Chip>}
            {profile !== null && profile.erased_at !== null && <Chip>erased</Chip>}
            {overdueOf(account) > 0 && <Chip tone="bad">overdue</Chip>}
          </>
        }
      >
        <EventsLink stream={customerStream(account.tenant_id)} />
        <AsOf />
      </PageHead>
      <Tabs
        label="Parts of the customer"
        name="tab"
        tabs={[
          { value: '', label: 'Overview' },
          { value: 'usage', label: 'Usage' },
          { value: 'money', label: 'Invoices and payments' },
          { value: 'margin', label: 'Margin' },
          { value: 'notices', label: 'Notices' },
          { value: 'profile', label: 'Profile' },
        ]}
      />
      <Content />
    </>
  ),
});
