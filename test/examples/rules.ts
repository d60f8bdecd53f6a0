// How each example of the documentation is run, and the outcome that it must have. An example under a heading
// that is not listed here fails.

/** Where an example runs, as the text around it describes. */
export type Stage =
  /** A checkout, nothing running, nothing set. */
  | 'checkout'
  /** A shell beside the sandbox, which has read its file of variables where an example did so. */
  | 'sandbox'
  /** The ledger of the demo, which has ended. */
  | 'demo'
  /** A service on the ledger of the demo, with an admin's token. */
  | 'demo-service'
  /** A ledger of its own, which may move away, and a stand-in for EventStoreDB to move to. */
  | 'growing'
  /** Servers whose data is to be saved; their programs are stand-ins. */
  | 'backup'
  /** A `docker` that is a stand-in. */
  | 'docker';

/** The stage of each page's headings that have examples. */
export const stages: Readonly<Record<string, Readonly<Record<string, Stage>>>> = {
  'README.md': {
    'Two commands': 'checkout',
    'The month-end report': 'checkout',
    'Five first steps': 'sandbox',
  },
  'docs/api.md': {
    'The API': 'sandbox',
    'Writing and reading': 'sandbox',
    Problems: 'sandbox',
    Lists: 'sandbox',
    Examples: 'sandbox',
    'Why an invoice says what it says': 'sandbox',
    'The list of invoices': 'sandbox',
    'What came late, and what is void': 'sandbox',
    'What if': 'demo-service',
    'As it was': 'demo-service',
    Search: 'sandbox',
    'The journal': 'sandbox',
    'Proof on request': 'sandbox',
  },
  'docs/architecture.md': { 'A tour: one event from request to row': 'sandbox' },
  'docs/command-line.md': {
    'Command line': 'checkout',
    'Rebuilding and proving': 'demo',
    'What if': 'checkout',
  },
  'docs/contributing.md': {
    'Before you start': 'checkout',
    'An event': 'checkout',
    'A route': 'checkout',
  },
  'docs/import.md': { 'Import of a running business': 'sandbox' },
  'docs/month-end.md': {
    'Lifecycle by itself': 'sandbox',
    'The close': 'sandbox',
    Templates: 'sandbox',
    Forecast: 'sandbox',
  },
  'docs/operations.md': {
    'Running it': 'checkout',
    'With Docker': 'docker',
    'Growing out of one machine': 'growing',
    'Backup and restore': 'backup',
  },
  'docs/performance.md': { Performance: 'checkout' },
  'docs/testing.md': { Testing: 'checkout', 'Golden files': 'checkout' },
};

/**
 * How a command is run: by the first rule whose pattern matches. Without one it runs to its end, and must
 * exit with 0.
 */
export type Rule =
  /** Runs until its output matches `says`, and is then interrupted; `keep`: only after all examples. */
  | { kind: 'stays'; says: RegExp; ends?: RegExp; keep?: true }
  /** An example of a request that is refused, with this status. */
  | { kind: 'refused'; status: number }
  /**
   * A command that would run this test itself, all figures for a quarter of an hour, or what another example
   * or test runs. It is not run; the test checks that the task, and the test files, figures and options that
   * it names, exist.
   */
  | { kind: 'suite' }
  /**
   * Judged by the stand-in for `docker`: subcommands, options and services that exist, and commands of our
   * own in them.
   */
  | { kind: 'docker' };

export const rules: readonly (readonly [pattern: RegExp, rule: Rule])[] = [
  [/^docker /, { kind: 'docker' }],
  // Another example runs the demo's month by npm, and test/demo until it is stopped.
  [/^npm run demo$/, { kind: 'suite' }],
  [/^npm run sandbox$/, { kind: 'stays', says: /\/env\n/, ends: /Stopping\./ }],
  [/^npm run sandbox -- --fresh$/, { kind: 'stays', says: /\/env\n/, keep: true }],
  [/^npm (start|run arcadia -- serve)\b/, { kind: 'stays', says: /listens on/, ends: /"msg":"stopped"/ }],
  [/^npm run arcadia -- worker\b/, { kind: 'stays', says: /the worker runs/, ends: /"msg":"stopped"/ }],
  [
    /^(EVENTSTORE_URL=\S+ )?npm (test|run (test:eventstore|bench|typecheck|lint|format))\b/,
    { kind: 'suite' },
  ],
  [/^npx mocha /, { kind: 'suite' }],
  [/"slug":"Shop"/, { kind: 'refused', status: 422 }],
  // The demo has mirrored nothing before May, as the text says.
  [/known_at=2026-04-10/, { kind: 'refused', status: 404 }],
];

/**
 * Examples whose text shows the answer to another request: that request, by the heading.
 */
export const shownAnswers: Readonly<Record<string, string>> = {
  'A tour: one event from request to row': 'events?type=DeploymentCreated',
};

/** What stands for a name in the text that is the reader's to fill in. */
export const placeholders = {
  eventStore: 'esdb://user:password@host:2113?tls=true',
  eventStoreData: '<data directory of EventStoreDB>',
} as const;
