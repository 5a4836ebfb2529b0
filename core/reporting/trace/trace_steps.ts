/** A station of one recipient's way */
export type TraceStep =
  | 'import'
  | 'brief'
  | 'quote'
  | 'hold'
  | 'launch'
  | 'expansion'
  | 'lease'
  | 'hand over'
  | 'rendering'
  | 'sending'
  | 'outcome'
  | 'uncertain'
  | 'event'
  | 'receipt'
  | 'end'
  | 'report'

/** One thing that happened on the way, or one that is true of it */
export type TracedStep = {
  readonly step: TraceStep
  /** Null where the hour is not kept */
  readonly at: Date | null
  readonly what: string
}

/**
 * The files that one recipient passes through, step by step, in the order of the line. `./ace trace` prints them beside what
 * happened, docs/architecture.md shows them to newcomers, and a test compares the two. Sending itself is the plugin's.
 */
export const TRACE_STEPS: Readonly<Record<TraceStep, readonly string[]>> = {
  'import': [
    'core/audience/imports/inspect_file.ts',
    'core/audience/imports/start_import.ts',
    'core/audience/imports/import_contacts.ts',
    'core/audience/imports/csv_records.ts',
    'core/audience/imports/read_contact.ts',
    'core/audience/imports/merge_contacts.ts',
  ],
  'brief': ['core/campaigns/brief/edit_campaign.ts', 'core/campaigns/brief/validate_brief.ts'],
  'quote': [
    'core/campaigns/brief/quote_campaign.ts',
    'core/campaigns/brief/estimate_campaign.ts',
    'core/billing/make_quote.ts',
    'core/billing/price_estimate.ts',
  ],
  'hold': [
    'core/campaigns/lifecycle/pay_campaign.ts',
    'core/ledger/hold_funds.ts',
    'core/ledger/post_transfer.ts',
  ],
  'launch': [
    'core/campaigns/lifecycle/launch_campaign.ts',
    'core/campaigns/lifecycle/begin_run.ts',
    'core/campaigns/brief/freeze_content.ts',
    'core/runs/create_run.ts',
  ],
  'expansion': ['core/delivery/expansion/expand_run.ts', 'core/runs/expansion/expand_slice_sql.ts'],
  'lease': [
    'core/delivery/dispatch/dispatch.ts',
    'core/delivery/dispatch/runs_in_turn.ts',
    'core/delivery/dispatch/lease_chunk.ts',
    'core/runs/deliveries/lease_deliveries.ts',
  ],
  'hand over': ['core/delivery/dispatch/hand_over.ts', 'database/functions/hand_over.sql'],
  'rendering': [
    'core/delivery/dispatch/send_window.ts',
    'core/delivery/dispatch/personalise.ts',
    'core/tracking/links/render_message.ts',
  ],
  'sending': ['core/plugins/runtime/plugin_calls.ts', 'core/plugins/hosts/in_process_host.ts'],
  'outcome': [
    'core/delivery/dispatch/settle_window.ts',
    'core/delivery/dispatch/price_units.ts',
    'database/functions/settle_window.sql',
  ],
  'uncertain': ['core/delivery/uncertain/settle_uncertain.ts'],
  'event': [
    'core/tracking/intake/tracking_server.ts',
    'core/tracking/intake/event_buffer.ts',
    'core/tracking/recording/record_events.ts',
    'core/tracking/classifier/classifier_1.ts',
  ],
  'receipt': [
    'core/plugins/webhooks/receive_webhook.ts',
    'core/facts/report_facts.ts',
    'core/facts/record_facts.ts',
    'core/tracking/recording/record_receipts.ts',
    'core/tracking/recording/suppress_by_events.ts',
  ],
  'end': [
    'core/delivery/ending/finish_run.ts',
    'core/campaigns/lifecycle/settle_hold.ts',
    'core/ledger/release_hold.ts',
  ],
  'report': ['core/reporting/report/campaign_report.ts'],
}
