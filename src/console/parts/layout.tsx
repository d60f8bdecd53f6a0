import type { ComponentChildren } from 'preact';
import { navGroups, type ConsolePage } from '../page.ts';
import { useView, type View } from '../view-context.ts';
import { Icon } from './icon.tsx';
import { goKeys, KeyList } from './key-list.tsx';

/** The frame of every page: head, navigation, search, what was just done, the content, and how fresh it is. */
export function Layout({ title, children }: { title: string; children: ComponentChildren }) {
  const view = useView();
  const { asset, theme, session } = view;
  return (
    <html lang="en" {...(theme === 'auto' ? {} : { 'data-theme': theme })}>
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content={theme === 'auto' ? 'light dark' : theme} />
        <meta name="htmx-config" content='{"includeIndicatorCSS":false,"history":"reload"}' />
        <title>{`${title} · arcadia-cloud`}</title>
        <link rel="icon" href={asset('icon.svg')} type="image/svg+xml" />
        <link rel="preload" href={asset('inter.woff2')} as="font" type="font/woff2" crossorigin="anonymous" />
        <link rel="stylesheet" href={asset('console.css')} />
        <script src={asset('htmx.js')} defer />
        <script
          src={asset('console.js')}
          defer
          data-uplot={asset('uplot.js')}
          data-uplot-css={asset('uplot.css')}
        />
      </head>
      <body>
        <a class="skip" href="#main">
          Skip to the content
        </a>
        {session === null ? <SignedOutBar /> : <TopBar />}
        <div class={session === null ? 'frame frame-bare' : 'frame'}>
          {session !== null && (
            <aside class="side">
              <Navigation />
            </aside>
          )}
          <main id="main" tabIndex={-1}>
            <Said />
            {session?.readOnly === true && <OnlyLooking />}
            {children}
            {session !== null && <Freshness />}
          </main>
        </div>
        {session !== null && <KeyList />}
      </body>
    </html>
  );
}

/** The start page of a person. */
export const homeOf = (session: View['session']): string =>
  session === null ? '/console/sign-in' : session.admin ? '/console/close' : '/console/account';

function Brand({ href }: { href: string }) {
  return (
    <a class="brand" href={href} aria-label="arcadia" data-go="h">
      <Icon name="logo" />
      <span>arcadia</span>
    </a>
  );
}

function SignedOutBar() {
  return (
    <header class="topbar">
      <Brand href="/console/sign-in" />
    </header>
  );
}

function TopBar() {
  const { session, url } = useView();
  if (session === null) return null;
  return (
    <header class="topbar">
      <details class="menu">
        <summary aria-label="Menu">
          <Icon name="menu" />
        </summary>
        <div class="menu-panel">
          <Navigation />
        </div>
      </details>
      <Brand href={homeOf(session)} />
      <form
        class="search"
        action={session.admin ? '/console/search' : '/console/account/search'}
        role="search"
      >
        <Icon name="search" />
        <input
          type="search"
          name="q"
          placeholder="Search id, name, number, amount"
          aria-label="Search by id, name, number or amount"
          aria-keyshortcuts="/"
        />
        <kbd aria-hidden="true">/</kbd>
      </form>
      <details class="menu person">
        <summary aria-label={`Signed in as ${session.subject}`}>
          <span class="avatar" aria-hidden="true">
            {session.subject.slice(0, 1).toUpperCase()}
          </span>
        </summary>
        <div class="menu-panel">
          <p class="person-name">{session.subject}</p>
          <p class="muted">
            {session.admin ? 'Operator' : `Tenant ${session.tenantId ?? ''}`}
            {session.readOnly && ', read only'}
          </p>
          <ThemeForm url={url} />
          <button class="button wide" type="button" data-opens="keys" hidden>
            Keys
          </button>
          <form method="post" action="/console/sign-out">
            <input type="hidden" name="form_token" value={session.formToken} />
            <button class="button wide" type="submit">
              Sign out
            </button>
          </form>
        </div>
      </details>
    </header>
  );
}

const themes = [
  ['auto', 'Auto'],
  ['light', 'Light'],
  ['dark', 'Dark'],
] as const;

function ThemeForm({ url }: { url: string }) {
  const { theme, session } = useView();
  return (
    <form method="post" action="/console/theme" class="themes" aria-label="Colours">
      <input type="hidden" name="form_token" value={session?.formToken ?? ''} />
      <input type="hidden" name="from" value={url} />
      {themes.map(([value, label]) => (
        <button type="submit" name="theme" value={value} aria-pressed={theme === value}>
          {label}
        </button>
      ))}
    </form>
  );
}

function Navigation() {
  const { pages, page, session } = useView();
  const mayOpen = ({ access }: ConsolePage): boolean =>
    access === 'signed-in' || (access === 'admin') === (session?.admin ?? false);
  return (
    <nav aria-label="Pages">
      {navGroups.map((group) => {
        const items = pages.filter((item) => item.nav?.group === group && mayOpen(item));
        if (items.length === 0) return null;
        return (
          <section class="nav-group">
            <p class="nav-title">{group}</p>
            <ul>
              {items.map((item) => (
                <li>
                  <a
                    href={item.path}
                    {...(goKeys[item.path] === undefined ? {} : { 'data-go': goKeys[item.path] })}
                    {...(item.path === page.within ? { 'aria-current': 'page' } : {})}
                  >
                    {item.nav?.label}
                  </a>
                </li>
              ))}
            </ul>
          </section>
        );
      })}
    </nav>
  );
}

/** Why there are no buttons. */
function OnlyLooking() {
  return (
    <p class="only-looking">
      <Icon name="info" /> This link shows your pages for a while, and changes nothing. To change something,
      sign in with a token.
    </p>
  );
}

/** What the last command did. */
function Said() {
  const { flash } = useView();
  if (flash === null) return null;
  return (
    <div class={`notice notice-${flash.tone}`} role="status">
      <Icon name={flash.tone === 'good' ? 'check' : flash.tone === 'bad' ? 'alert' : 'info'} />
      <div>
        <p>{flash.text}</p>
        {flash.link !== undefined && (
          <p class="handed-on">
            <input readOnly value={flash.link} aria-label="The address" data-absolute="" />
            <button type="button" class="copy" data-copy={flash.link} hidden aria-label="Copy the address">
              <Icon name="copy" />
            </button>
          </p>
        )}
      </div>
    </div>
  );
}

/** As of which position the page is, and how far behind. */
function Freshness() {
  const { ledger, now } = useView();
  if (ledger === null) return null;
  return (
    <footer class="freshness">
      <span class={ledger.lag === 0 ? 'dot dot-good' : 'dot dot-warn'} aria-hidden="true" />
      As of position <span class="num">{ledger.position.toLocaleString('en')}</span>
      {ledger.lag === 0
        ? ', nothing behind'
        : `, ${ledger.lag.toLocaleString('en')} of ${ledger.head.toLocaleString('en')} events behind`}
      <span class="muted">
        {' '}
        · <time dateTime={now}>{`${now.slice(0, 10)} ${now.slice(11, 16)} UTC`}</time>
      </span>
    </footer>
  );
}
