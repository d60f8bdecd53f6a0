import type { Addon } from './quoted-plan.ts';
import { kindName, kindUnit } from '../../parts/words.ts';
import { Money } from '../../parts/values.tsx';

/** The usage form: it asks by GET, so that its quote is an address. */
export function QuoteForm({
  kinds,
  addons,
  likes,
  usage,
  packs,
  startsOn,
}: {
  kinds: readonly string[];
  addons: readonly Addon[];
  likes: readonly { deployment_id: string; name: string }[];
  usage: Readonly<Record<string, string>>;
  /** How many of each addon, as typed. */
  packs: Readonly<Record<string, string>>;
  startsOn: string;
}) {
  return (
    <form class="form quote-form" method="get" action="/console/account/quote">
      {likes.length > 0 && (
        <p>
          Fill in what is used this month at its pace:{' '}
          {likes.map(({ deployment_id, name }, index) => (
            <>
              {index > 0 && ', '}
              <a href={`/console/account/quote?like=${deployment_id}`}>as {name}</a>
            </>
          ))}
        </p>
      )}
      <fieldset class="rows">
        <legend>Used in a month</legend>
        <div class="fields">
          {kinds.map((kind) => (
            <div class="field">
              <label for={`use.${kind}`}>
                {kindName(kind)}
                {kindUnit(kind).startsWith('GB') && <span class="muted"> {kindUnit(kind)}</span>}
              </label>
              <input
                type="text"
                inputMode="decimal"
                class="figures"
                autocomplete="off"
                id={`use.${kind}`}
                name={`use.${kind}`}
                value={usage[kind] ?? ''}
              />
            </div>
          ))}
        </div>
      </fieldset>
      <fieldset class="rows">
        <legend>Addons, in packs</legend>
        <div class="fields">
          {addons.map(({ code, name, price_cents }) => (
            <div class="field">
              <label for={`addon.${code}`}>{name}</label>
              <input
                type="text"
                inputMode="numeric"
                class="figures"
                autocomplete="off"
                id={`addon.${code}`}
                name={`addon.${code}`}
                aria-describedby={`addon.${code}-hint`}
                value={packs[code] ?? ''}
              />
              <p class="hint" id={`addon.${code}-hint`}>
                <Money cents={price_cents} /> a pack and month
              </p>
            </div>
          ))}
          <div class="field">
            <label for="starts_on">Starts on</label>
            <input type="date" id="starts_on" name="starts_on" value={startsOn} />
          </div>
        </div>
      </fieldset>
      <div class="form-end button-row">
        <button class="button button-main" type="submit">
          Quote
        </button>
        <a class="button button-plain" href="/console/account/quote">
          Clear
        </a>
      </div>
    </form>
  );
}
