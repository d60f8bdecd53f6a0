import { useView } from '../view-context.ts';

const keys: readonly (readonly [string, string])[] = [
  ['/', 'Search'],
  ['?', 'This list'],
  ['g then h', 'The start page'],
  ['j, k', 'Next and previous row of a table'],
  ['Enter', 'Open the row'],
  ['Esc', 'Close what is open'],
];

/** The letter after `g` that opens a page of the navigation. */
export const goKeys: Readonly<Record<string, string>> = {
  '/console/close': 'c',
  '/console/invoices': 'i',
  '/console/payments': 'p',
  '/console/customers': 'u',
  '/console/deployments': 'd',
  '/console/costs': 'o',
  '/console/margin': 'm',
  '/console/jobs': 'b',
  '/console/journal': 'j',
  '/console/account/invoices': 'i',
  '/console/account/payments': 'p',
  '/console/account/statement': 's',
  '/console/account/deployments': 'd',
  '/console/account/quote': 'q',
  '/console/account/notices': 'n',
  '/console/account/profile': 'u',
};

/** The keys, as a dialog that `?` and the menu of the person open, and the switch that puts them off. */
export function KeyList() {
  const { pages, session } = useView();
  const places = pages
    .filter(({ path, access }) => goKeys[path] !== undefined && (access === 'admin') === session?.admin)
    .map(({ path, nav }) => [`g then ${goKeys[path] ?? ''}`, nav?.label ?? ''] as const);
  const shown = [...keys, ...places];
  return (
    <dialog id="keys" class="dialog" aria-labelledby="keys-title">
      <h2 id="keys-title">Keys</h2>
      <dl class="facts">
        {shown.map(([key, meaning]) => (
          <div>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{meaning}</dd>
          </div>
        ))}
      </dl>
      <label class="check">
        <input type="checkbox" id="keys-on" checked />
        <span>These keys are on, but for Enter and Esc</span>
      </label>
      <form method="dialog">
        <button class="button" type="submit">
          Close
        </button>
      </form>
    </dialog>
  );
}
