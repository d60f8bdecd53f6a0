import { Chip, Absent } from './values.tsx';

/** A field of an event that is stored encrypted; `erased_at`: its key was destroyed then. */
export interface PersonalField {
  field: string;
  erased_at: string | null;
}

/** Data as they were recorded, member by member. Personal fields say that they are encrypted, or erased. */
export function EventData({ data, personal = [] }: { data: unknown; personal?: readonly PersonalField[] }) {
  if (typeof data !== 'object' || data === null || Array.isArray(data))
    return <pre class="recorded">{JSON.stringify(data, null, 2)}</pre>;
  const members = Object.entries(data as Readonly<Record<string, unknown>>);
  if (members.length === 0) return <p class="muted">No data.</p>;
  return (
    <dl class="members">
      {members.map(([name, value]) => (
        <div>
          <dt>
            <code>{name}</code>
          </dt>
          <dd>
            <Member value={value} personal={personal.find(({ field }) => field === name)} />
          </dd>
        </div>
      ))}
    </dl>
  );
}

function Member({ value, personal }: { value: unknown; personal: PersonalField | undefined }) {
  if (personal !== undefined)
    return personal.erased_at === null ? (
      <Chip tone="info">encrypted</Chip>
    ) : (
      <>
        <Chip tone="warn">erased</Chip> <span class="muted">on {personal.erased_at.slice(0, 10)}</span>
      </>
    );
  if (value === null) return <Absent />;
  if (typeof value === 'object') return <pre class="recorded">{JSON.stringify(value, null, 2)}</pre>;
  return (
    <span class={typeof value === 'number' ? 'num' : ''}>
      {typeof value === 'string' ? value : JSON.stringify(value)}
    </span>
  );
}
