import type { BoundCommand } from '../ledger/command.ts';
import type { CommandMeta, Ledger } from '../ledger/ledger.ts';

/**
 * Executes a command and answers with its result.
 * @param show what the answer holds instead of the result; it gets today's date (UTC) too
 */
export async function answerCommand<Input, Result, Shown = Result>(
  ledger: Ledger,
  command: BoundCommand<Input, Result>,
  input: Input,
  meta: CommandMeta,
  show?: (result: Result, today: string) => Shown,
): Promise<{ body: { data: Shown }; position: string }> {
  const { result, position } = await ledger.execute(command, input, meta);
  const data = show === undefined ? (result as unknown as Shown) : show(result, ledger.now().slice(0, 10));
  return { body: { data }, position };
}
