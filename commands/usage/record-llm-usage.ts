import { defineCommand } from '../../src/ledger/command.ts';
import { refuse, type Refusal } from '../../src/ledger/refusal.ts';
import type { LlmEvent } from '../../src/events/usage.ts';
import { canonicalDecimal, compareDecimals } from '../../src/pricing/money.ts';
import { llmRequest, llmStream, type LlmReport } from './llm-request.ts';
import { answerOfReport, refuseDate } from './report.ts';

const canonical = (input: LlmReport): LlmReport => ({
  ...input,
  charge_cents: canonicalDecimal(input.charge_cents),
});

/**
 * Records one request to the LLM gateway (spec 10). A known id adds nothing: the result says whether
 * the recorded report equals the input. A new one is bounded in its date and its charge.
 */
export const recordLlmUsage = defineCommand({
  name: 'record-llm-usage',
  aggregate: llmRequest,
  assumesNew: true,
  stream: (input: LlmReport) => llmStream(input.gateway_request_id),
  decide(state, input, _context: undefined, execution): LlmEvent[] | Refusal {
    if (state !== null) return [];
    const { maxChargeCents } = execution.limits;
    if (compareDecimals(input.charge_cents, maxChargeCents) > 0) {
      return refuse('charge-too-large', `a charge of ${input.charge_cents} cents is above ${maxChargeCents}`);
    }
    return (
      refuseDate('occurred_at', input.occurred_at, execution) ?? [
        { type: 'LlmUsageRecorded', data: canonical(input) },
      ]
    );
  },
  result: (state, input) => answerOfReport(state, canonical(input)),
});
