import { Notice } from '../parts/notice.tsx';

/** A form that was sent without a session: it is shown again after the sign-in. */
export interface KeptForm {
  action: string;
  fields: Readonly<Record<string, string>>;
}

/** The page that asks for a token. */
export function SignInPage({
  to,
  kept,
  error,
  isOut,
}: {
  /** The page that opens then. */
  to: string;
  kept: KeptForm | null;
  error: string | null;
  /** The person has just signed out. */
  isOut: boolean;
}) {
  return (
    <div class="sign-in">
      <h1>Sign in</h1>
      {kept !== null && (
        <Notice tone="warn" title="You were signed out">
          <p>What you filled in is kept. It has not been sent: you see it again after signing in.</p>
        </Notice>
      )}
      {isOut && error === null && (
        <Notice tone="good">
          <p role="status">You are signed out.</p>
        </Notice>
      )}
      <form method="post" action="/console/sign-in" class="form">
        <input type="hidden" name="to" value={to} />
        {kept !== null && <input type="hidden" name="kept" value={JSON.stringify(kept)} />}
        <div class="field">
          <label for="token">Token</label>
          <textarea
            id="token"
            name="token"
            rows={4}
            autocomplete="off"
            spellcheck={false}
            {...(error === null
              ? { 'aria-describedby': 'token-hint' }
              : { 'aria-describedby': 'token-error token-hint', 'aria-invalid': true as const })}
          />
          {error !== null && (
            <p class="field-error" id="token-error" role="alert">
              This did not sign you in: {error}
            </p>
          )}
          <p class="hint" id="token-hint">
            A token of your issuer, as the API takes it. The operator makes one with{' '}
            <code>arcadia token --role platform_admin</code>. A customer without one asks for a link.
          </p>
        </div>
        <div class="form-end">
          <button class="button button-main" type="submit">
            Sign in
          </button>
        </div>
      </form>
    </div>
  );
}

/** Leads on from a request that came from another site, with which no browser sends the session. */
export function LeadOnPage({ to }: { to: string }) {
  return (
    <div class="sign-in">
      <meta http-equiv="refresh" content={`0;url=${to}`} />
      <h1>One moment</h1>
      <p>
        <a class="button button-main" href={to}>
          Go on
        </a>
      </p>
    </div>
  );
}

/** Says that a link no longer signs in. */
export function DeadLinkPage() {
  return (
    <div class="sign-in">
      <h1>This link has ended</h1>
      <p>A link works until its time is over, or once. Ask for a new one, or sign in with a token.</p>
      <p>
        <a class="button button-main" href="/console/sign-in">
          Sign in with a token
        </a>
      </p>
    </div>
  );
}
