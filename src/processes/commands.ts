import { discoverProviderInvoice } from '../../commands/costs/discover-provider-invoice.ts';
import { ingestProviderInvoice } from '../../commands/costs/ingest-provider-invoice.ts';
import { judgeCostAlert } from '../../commands/costs/judge-cost-alert.ts';
import { linkCostLine } from '../../commands/costs/link-cost-line.ts';
import { listSize } from '../../commands/costs/list-size.ts';
import { markReissueSeen } from '../../commands/costs/mark-reissue-seen.ts';
import { noteReissue } from '../../commands/costs/note-reissue.ts';
import { recordBalance } from '../../commands/costs/record-balance.ts';
import { recordFinancePush } from '../../commands/costs/record-finance-push.ts';
import { recordIngestionFailure } from '../../commands/costs/record-ingestion-failure.ts';
import { unlinkCostLine } from '../../commands/costs/unlink-cost-line.ts';
import { withdrawSize } from '../../commands/costs/withdraw-size.ts';
import { createPlan } from '../../commands/catalog/create-plan.ts';
import { defineAddon } from '../../commands/catalog/define-addon.ts';
import { defineTemplate } from '../../commands/catalog/define-template.ts';
import { draftPlanVersion } from '../../commands/catalog/draft-plan-version.ts';
import { publishPlanVersion } from '../../commands/catalog/publish-plan-version.ts';
import { seedTaxRates } from '../../commands/catalog/seed-tax-rates.ts';
import { setCostSharing } from '../../commands/costs/set-cost-sharing.ts';
import { setFxRate } from '../../commands/catalog/set-fx-rate.ts';
import { setResourcePrice } from '../../commands/catalog/set-resource-price.ts';
import { setTaxRate } from '../../commands/catalog/set-tax-rate.ts';
import { beginAttempt } from '../../commands/deliveries/begin-attempt.ts';
import { endAttempt } from '../../commands/deliveries/end-attempt.ts';
import { recordArComparison } from '../../commands/deliveries/record-ar-comparison.ts';
import { recordArPush } from '../../commands/deliveries/record-ar-push.ts';
import { requestDelivery } from '../../commands/deliveries/request-delivery.ts';
import { requestNotice } from '../../commands/deliveries/request-notice.ts';
import { stopDelivery } from '../../commands/deliveries/stop-delivery.ts';
import { attachAddon } from '../../commands/deployments/attach-addon.ts';
import { changePlanVersion } from '../../commands/deployments/change-plan-version.ts';
import { completeLifecycleDay } from '../../commands/deployments/complete-lifecycle-day.ts';
import { createDeployment } from '../../commands/deployments/create-deployment.ts';
import { createFromTemplate } from '../../commands/deployments/create-from-template.ts';
import { detachAddon } from '../../commands/deployments/detach-addon.ts';
import { importDeployment } from '../../commands/deployments/import-deployment.ts';
import { startSubscription } from '../../commands/deployments/start-subscription.ts';
import { transitionDeployment } from '../../commands/deployments/transition-deployment.ts';
import { updateDeployment } from '../../commands/deployments/update-deployment.ts';
import { assignCorrectionNumbers } from '../../commands/documents/assign-correction-numbers.ts';
import { assignInvoiceNumbers } from '../../commands/documents/assign-invoice-numbers.ts';
import { freezeDocument } from '../../commands/documents/freeze-document.ts';
import { recordRendering } from '../../commands/documents/record-rendering.ts';
import { acceptDrift } from '../../commands/inventory/accept-drift.ts';
import { advanceRevert } from '../../commands/inventory/advance-revert.ts';
import { requestRevert } from '../../commands/inventory/request-revert.ts';
import { applyRuleTies } from '../../commands/inventory/apply-rule-ties.ts';
import { assignProject } from '../../commands/inventory/assign-project.ts';
import { assignResource } from '../../commands/inventory/assign-resource.ts';
import { attributeResource } from '../../commands/inventory/attribute-resource.ts';
import { endProjectRule } from '../../commands/inventory/end-project-rule.ts';
import { setProjectRule } from '../../commands/inventory/set-project-rule.ts';
import { loadProjectRuleContext } from '../../projections/inventory/rule-queries.ts';
import { detectDrift } from '../../commands/inventory/detect-drift.ts';
import { measureBucket } from '../../commands/inventory/measure-bucket.ts';
import { missResource } from '../../commands/inventory/miss-resource.ts';
import { observeProject } from '../../commands/inventory/observe-project.ts';
import { observeResource } from '../../commands/inventory/observe-resource.ts';
import { provisionSpec } from '../../commands/inventory/provision-spec.ts';
import { recordSweep } from '../../commands/inventory/record-sweep.ts';
import { removeProject } from '../../commands/inventory/remove-project.ts';
import { tieResource } from '../../commands/inventory/tie-resource.ts';
import { untieResource } from '../../commands/inventory/untie-resource.ts';
import { creditInvoice } from '../../commands/invoicing/credit-invoice.ts';
import { issueCorrection } from '../../commands/invoicing/issue-correction.ts';
import { issueInvoice } from '../../commands/invoicing/issue-invoice.ts';
import { closeMonth } from '../../commands/invoicing/close-month.ts';
import { recordMonthRolledUp } from '../../commands/invoicing/record-month-rolled-up.ts';
import { reviewInvoice } from '../../commands/invoicing/review-invoice.ts';
import { voidInvoice } from '../../commands/invoicing/void-invoice.ts';
import { payInvoice } from '../../commands/receivables/pay-invoice.ts';
import { recordPayment } from '../../commands/receivables/record-payment.ts';
import { refundBalance } from '../../commands/receivables/refund-balance.ts';
import { refundPayment } from '../../commands/receivables/refund-payment.ts';
import { reversePayment } from '../../commands/receivables/reverse-payment.ts';
import { setOpeningBalance } from '../../commands/receivables/set-opening-balance.ts';
import { settleAccount } from '../../commands/receivables/settle-account.ts';
import { takeCreditNote } from '../../commands/receivables/take-credit-note.ts';
import { eraseCustomer } from '../../commands/parties/erase-customer.ts';
import { setCustomerProfile } from '../../commands/parties/set-customer-profile.ts';
import { setSeller } from '../../commands/parties/set-seller.ts';
import { addCharge } from '../../commands/usage/add-charge.ts';
import { configureMetering } from '../../commands/usage/configure-metering.ts';
import { meterDeploymentDay } from '../../commands/usage/meter-deployment-day.ts';
import { recordDayMetered } from '../../commands/usage/record-day-metered.ts';
import { recordLlmUsage } from '../../commands/usage/record-llm-usage.ts';
import { recordReportedUsage } from '../../commands/usage/record-reported-usage.ts';
import { voidCharge } from '../../commands/usage/void-charge.ts';
import { voidLlmUsage } from '../../commands/usage/void-llm-usage.ts';
import { voidReportedUsage } from '../../commands/usage/void-reported-usage.ts';
import {
  loadDefineTemplateContext,
  loadTemplateContext,
} from '../../projections/catalog/template-context.ts';
import { loadLastBalance } from '../../projections/costs/balance-queries.ts';
import { loadDeliveryContext } from '../../projections/deliveries/delivery-queries.ts';
import { loadNoticeContext } from '../../projections/deliveries/notice-queries.ts';
import { isDatedBack, loadDayBounds } from '../../projections/deployments/day-bounds.ts';
import { loadImportContext } from '../../projections/deployments/import-context.ts';
import {
  loadAttachContext,
  loadChangePlanContext,
  loadSubscribeContext,
} from '../../projections/deployments/subscribe-context.ts';
import { loadSweepContext } from '../../projections/inventory/sweep-queries.ts';
import { loadTieContext, loadUntieContext } from '../../projections/inventory/tie-context.ts';
import { loadAccountContext, loadAllocated } from '../../projections/receivables/account-context.ts';
import { loadAddChargeContext, loadVoidChargeContext } from '../../projections/usage/charge-context.ts';
import { bind } from '../ledger/command.ts';

/** Every command of the ledger, bound to the query that loads its context. Routes and jobs use this table. */
export const commands = {
  // costs
  discoverProviderInvoice: bind(discoverProviderInvoice),
  ingestProviderInvoice: bind(ingestProviderInvoice),
  judgeCostAlert: bind(judgeCostAlert, loadLastBalance),
  linkCostLine: bind(linkCostLine),
  listSize: bind(listSize),
  recordBalance: bind(recordBalance),
  recordFinancePush: bind(recordFinancePush),
  recordIngestionFailure: bind(recordIngestionFailure),
  noteReissue: bind(noteReissue),
  markReissueSeen: bind(markReissueSeen),
  unlinkCostLine: bind(unlinkCostLine),
  withdrawSize: bind(withdrawSize),
  // inventory
  acceptDrift: bind(acceptDrift),
  advanceRevert: bind(advanceRevert),
  requestRevert: bind(requestRevert),
  applyRuleTies: bind(applyRuleTies),
  assignProject: bind(assignProject),
  endProjectRule: bind(endProjectRule),
  setProjectRule: bind(setProjectRule, loadProjectRuleContext),
  assignResource: bind(assignResource),
  attributeResource: bind(attributeResource),
  detectDrift: bind(detectDrift),
  measureBucket: bind(measureBucket),
  missResource: bind(missResource),
  observeProject: bind(observeProject),
  observeResource: bind(observeResource),
  provisionSpec: bind(provisionSpec),
  recordSweep: bind(recordSweep, loadSweepContext),
  removeProject: bind(removeProject),
  tieResource: bind(tieResource, loadTieContext),
  untieResource: bind(untieResource, loadUntieContext),
  // costs: sharing
  setCostSharing: bind(setCostSharing),
  // catalog
  createPlan: bind(createPlan),
  defineAddon: bind(defineAddon),
  defineTemplate: bind(defineTemplate, loadDefineTemplateContext),
  draftPlanVersion: bind(draftPlanVersion),
  publishPlanVersion: bind(publishPlanVersion),
  seedTaxRates: bind(seedTaxRates),
  setFxRate: bind(setFxRate),
  setResourcePrice: bind(setResourcePrice),
  setTaxRate: bind(setTaxRate),
  // deployments and subscriptions
  attachAddon: bind(attachAddon, loadAttachContext),
  changePlanVersion: bind(changePlanVersion, loadChangePlanContext),
  completeLifecycleDay: bind(completeLifecycleDay),
  createDeployment: bind(createDeployment),
  createFromTemplate: bind(createFromTemplate, loadTemplateContext),
  detachAddon: bind(detachAddon, loadDayBounds, isDatedBack),
  importDeployment: bind(importDeployment, loadImportContext),
  startSubscription: bind(startSubscription, loadSubscribeContext),
  transitionDeployment: bind(transitionDeployment, loadDayBounds, isDatedBack),
  updateDeployment: bind(updateDeployment, loadDayBounds, isDatedBack),
  // tenant invoices
  creditInvoice: bind(creditInvoice),
  issueCorrection: bind(issueCorrection),
  issueInvoice: bind(issueInvoice),
  closeMonth: bind(closeMonth),
  recordMonthRolledUp: bind(recordMonthRolledUp),
  reviewInvoice: bind(reviewInvoice),
  voidInvoice: bind(voidInvoice, loadAllocated),
  // numbers and documents
  assignCorrectionNumbers: bind(assignCorrectionNumbers),
  assignInvoiceNumbers: bind(assignInvoiceNumbers),
  freezeDocument: bind(freezeDocument),
  recordRendering: bind(recordRendering),
  // deliveries
  beginAttempt: bind(beginAttempt),
  endAttempt: bind(endAttempt),
  recordArComparison: bind(recordArComparison),
  recordArPush: bind(recordArPush),
  requestDelivery: bind(requestDelivery, loadDeliveryContext),
  requestNotice: bind(requestNotice, loadNoticeContext),
  stopDelivery: bind(stopDelivery),
  // accounts of tenants
  payInvoice: bind(payInvoice, loadAccountContext),
  recordPayment: bind(recordPayment, loadAccountContext),
  refundBalance: bind(refundBalance, loadAccountContext),
  refundPayment: bind(refundPayment, loadAccountContext),
  reversePayment: bind(reversePayment, loadAccountContext),
  setOpeningBalance: bind(setOpeningBalance, loadAccountContext),
  settleAccount: bind(settleAccount, loadAccountContext),
  takeCreditNote: bind(takeCreditNote, loadAccountContext),
  // seller and customers
  eraseCustomer: bind(eraseCustomer),
  setCustomerProfile: bind(setCustomerProfile),
  setSeller: bind(setSeller),
  // metering, usage and one-off charges
  addCharge: bind(addCharge, loadAddChargeContext),
  configureMetering: bind(configureMetering),
  meterDeploymentDay: bind(meterDeploymentDay),
  recordDayMetered: bind(recordDayMetered),
  recordLlmUsage: bind(recordLlmUsage),
  recordReportedUsage: bind(recordReportedUsage),
  voidCharge: bind(voidCharge, loadVoidChargeContext),
  voidLlmUsage: bind(voidLlmUsage),
  voidReportedUsage: bind(voidReportedUsage),
};
