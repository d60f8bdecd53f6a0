import type { Refusal } from '../../ledger/refusal.ts';
import { Notice } from './notice.tsx';

/** What is wrong with a field of a form that asks; undefined: nothing. */
export const errorAt = (refusal: Refusal | null | undefined, path: string): string | undefined =>
  refusal?.errors?.find((error) => error.path === path)?.message;

/** Why what was typed into a form that asks was refused. */
export function RefusalNotice({
  refusal,
  names = {},
}: {
  refusal: Refusal | null;
  /** The labels of fields that have other names at the API. */
  names?: Readonly<Record<string, string>>;
}) {
  if (refusal === null) return null;
  const { detail, errors = [] } = refusal;
  if (errors.length === 0) return <Notice tone="bad" title={detail} />;
  return (
    <Notice tone="bad" title="This can not be done so">
      <ul>
        {errors.map(({ path, message }) => (
          <li>
            {names[path] ?? path.replaceAll('_', ' ')}: {message}
          </li>
        ))}
      </ul>
    </Notice>
  );
}
