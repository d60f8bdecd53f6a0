import { Chip, type Tone } from './values.tsx';

interface State {
  tone: Tone;
  label: string;
}

const statuses: Readonly<Record<string, State>> = {
  draft: { tone: 'plain', label: 'draft' },
  issued: { tone: 'info', label: 'issued' },
  partially_paid: { tone: 'info', label: 'partly paid' },
  paid: { tone: 'good', label: 'paid' },
  void: { tone: 'plain', label: 'void' },
};

/** The status of an invoice in words. */
export const statusLabel = (status: string): string => statuses[status]?.label ?? status;

/** The state of an invoice: overdue is what a person has to see first. */
export function InvoiceStatus({ status, overdue = false }: { status: string; overdue?: boolean }) {
  if (overdue) return <Chip tone="bad">overdue</Chip>;
  return <Chip tone={statuses[status]?.tone ?? 'plain'}>{statusLabel(status)}</Chip>;
}

const mails: Readonly<Record<string, State>> = {
  unsent: { tone: 'plain', label: 'not sent' },
  requested: { tone: 'info', label: 'on its way' },
  sending: { tone: 'info', label: 'on its way' },
  pending: { tone: 'warn', label: 'tried again' },
  delivered: { tone: 'good', label: 'sent' },
  partly_delivered: { tone: 'warn', label: 'partly sent' },
  rejected: { tone: 'bad', label: 'rejected' },
  unknown: { tone: 'warn', label: 'perhaps sent' },
  given_up: { tone: 'bad', label: 'given up' },
  stopped: { tone: 'bad', label: 'stopped' },
};

/** How an invoice was mailed, in words. */
export const mailLabel = (mail: string): string => mails[mail]?.label ?? mail;

/** How an invoice was mailed last. */
export const MailState = ({ mail }: { mail: string }) => (
  <Chip tone={mails[mail]?.tone ?? 'plain'}>{mailLabel(mail)}</Chip>
);

/** What a mailing may end as that a person has to look at. */
export const failedMails = ['rejected', 'given_up', 'stopped', 'partly_delivered', 'unknown'] as const;

const notSent: Readonly<Record<string, string>> = {
  'not-configured': 'no mail server is configured (SMTP_URL, MAIL_FROM)',
  'no-seller': 'no seller is set',
  'no-profile': 'the customer has no profile',
  'no-address': 'the customer has no billing address for mail',
  'invoice-void': 'the invoice is void',
  'internal-error': 'an error of the service; its log has it',
};

/** Why an invoice was not sent, of the code that the run gives. */
export const notSentReason = (code: string): string => notSent[code] ?? code.replaceAll('-', ' ');

/** The name of an invoice for people: its number, or its month until it has one. */
export const invoiceName = ({
  number,
  period_start,
}: {
  number: string | null;
  period_start: string;
}): string => number ?? `${period_start.slice(0, 7)}, not numbered yet`;
