// Events as an append proposes them.
import type { StreamMessages } from './messages.ts';
import type { EventDraft } from './server-log.ts';

/** The most bytes of data that one append may hold; the real server counts neither metadata nor types. */
export const MAX_APPEND_BYTES = 1024 * 1024;

type ProposedMessage =
  | StreamMessages.AppendReq.ProposedMessage
  | StreamMessages.BatchAppendReq.ProposedMessage;

/** The proposed event, or the name of the metadata property that it lacks. */
export function readProposal(message: ProposedMessage): EventDraft | { missing: 'type' | 'content-type' } {
  const type = message.getMetadataMap().get('type');
  const contentType = message.getMetadataMap().get('content-type');
  if (type === undefined) return { missing: 'type' };
  if (contentType === undefined) return { missing: 'content-type' };
  return {
    id: (message.getId()?.getString() ?? '').toLowerCase(),
    type,
    isJson: contentType === 'application/json',
    data: message.getData_asU8(),
    metadata: message.getCustomMetadata_asU8(),
  };
}

/** How many bytes the events count for against the limit of one append. */
export function appendBytes(events: readonly EventDraft[]): number {
  return events.reduce((bytes, { data }) => bytes + data.length, 0);
}
