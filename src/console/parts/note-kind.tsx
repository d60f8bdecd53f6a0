import { Chip } from './values.tsx';

/** Whether a note takes off an invoice or adds to it. */
export const NoteKind = ({ kind }: { kind: string }) =>
  kind === 'credit_note' ? <Chip tone="good">credit note</Chip> : <Chip tone="info">debit note</Chip>;

/** What a note is for, in words. */
export const notePurpose = (purpose: string): string => (purpose === 'goodwill' ? 'goodwill' : 'correction');
