// A stand-in for DigitalOcean's API v2 over real HTTP, for tests and the demo.
export * from './types.ts';
export * from './builders.ts';
export { isJsonObject, type ApiJson, type ApiObject } from './json.ts';
export {
  SIMULATOR_TOKEN,
  startDigitalOceanSimulator,
  type DigitalOceanSimulator,
  type SimulatorSettings,
} from './simulator.ts';
export { emptyAccount, loadSampleAccount } from './sample-account.ts';
export { collectionOf, idOf, kinds, urnOf } from './kinds.ts';
export type { VirtualClock } from './clock.ts';
export type { FaultEffect, FaultRule, Faults, InjectedFault } from './faults.ts';
export { ignoredRetryAfter, type LoggedRequest } from './request-log.ts';
export type { Options } from './options.ts';
export type { SimulatedLimits } from './rate-limit.ts';
export type { Action } from './actions.ts';
export type { NewInvoice } from './invoices.ts';
export type { CreateSettings } from './resources.ts';
export type { MoveSettings } from './memberships.ts';
export type { View } from './visibility.ts';
export { fullScopes } from './scopes.ts';
export { invoiceColumns, invoiceCsv, type CsvStyle, type InvoiceCsvRow } from './invoice-csv.ts';
