import type { Aggregate } from '../../src/engine/command.ts';
import { idFrom } from '../../src/engine/ids.ts';
import type { LlmEvent } from '../../src/events/usage.ts';

/** The stream of one request to the LLM gateway: its id is used once, for ever. */
export const llmStream = (gatewayRequestId: string): string => `llm-${idFrom('llm', gatewayRequestId)}`;

/** The request as recorded; null before. */
export type LlmRequestState = LlmEvent['data'] | null;

/** One request to the LLM gateway. */
export const llmRequest: Aggregate<LlmRequestState, LlmEvent> = {
  name: 'llm-request',
  initialState: null,
  evolve(_state, event): LlmRequestState {
    switch (event.type) {
      case 'LlmUsageRecorded': return event.data;
    }
  },
};
