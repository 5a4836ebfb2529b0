/** The families of colour; each also has a word and an icon, so colour is never alone */
export type Tone = 'neutral' | 'primary' | 'success' | 'warning' | 'danger' | 'info' | 'uncertain'

/** How a state is drawn */
export type StateLook = { readonly tone: Tone; readonly symbol: string }

const LOOKS: Readonly<Record<string, readonly [Tone, string]>> = {
  /* campaigns and runs */
  draft: ['neutral', 'pencil'],
  review: ['info', 'eye'],
  quoted: ['info', 'receipt'],
  scheduled: ['info', 'calendar'],
  launching: ['primary', 'player-play'],
  running: ['primary', 'player-play'],
  paused: ['warning', 'player-pause'],
  suspended: ['warning', 'hand-stop'],
  stopping: ['warning', 'player-stop'],
  stopped: ['neutral', 'player-stop'],
  finished: ['success', 'circle-check'],
  completed: ['success', 'circle-check'],
  cancelled: ['neutral', 'circle-x'],
  failed: ['danger', 'alert-circle'],
  archived: ['neutral', 'archive'],
  /* deliveries */
  pending: ['neutral', 'clock'],
  leased: ['neutral', 'clock'],
  handing_over: ['info', 'send'],
  accepted: ['info', 'send'],
  sent: ['info', 'send'],
  delivered: ['success', 'circle-check'],
  bounced: ['danger', 'arrow-back-up'],
  rejected: ['danger', 'circle-x'],
  deferred: ['warning', 'clock-pause'],
  uncertain: ['uncertain', 'help-circle'],
  unknown: ['uncertain', 'help-circle'],
  excluded: ['neutral', 'filter-off'],
  opened: ['success', 'mail-opened'],
  clicked: ['success', 'click'],
  replied: ['success', 'message-reply'],
  complained: ['danger', 'flag'],
  unsubscribed: ['warning', 'user-minus'],
  suppressed: ['warning', 'user-off'],
  /* money */
  open: ['info', 'circle-dot'],
  held: ['info', 'lock'],
  captured: ['success', 'coin'],
  released: ['neutral', 'lock-open'],
  paid: ['success', 'circle-check'],
  settled: ['success', 'circle-check'],
  refunded: ['neutral', 'receipt-refund'],
  expired: ['neutral', 'clock-x'],
  overdue: ['danger', 'clock-exclamation'],
  /* plugins */
  discovered: ['neutral', 'package'],
  enabled: ['success', 'circle-check'],
  disabled: ['neutral', 'power'],
  degraded: ['warning', 'alert-triangle'],
  quarantined: ['danger', 'shield-x'],
  incompatible: ['danger', 'puzzle-off'],
  invalid: ['danger', 'file-alert'],
  missing: ['danger', 'file-unknown'],
  upgrading: ['info', 'refresh'],
  uninstalling: ['warning', 'trash'],
  /* people, services, imports, tickets */
  published: ['success', 'world'],
  hidden: ['neutral', 'eye-off'],
  active: ['success', 'circle-check'],
  invited: ['info', 'mail'],
  blocked: ['danger', 'ban'],
  closed: ['neutral', 'lock'],
  queued: ['neutral', 'clock'],
  processing: ['info', 'loader-2'],
  answered: ['success', 'message-check'],
}

/**
 * The tone and icon of a state of a campaign, delivery, payment, plugin or person. A state that is not known is neutral.
 */
export function stateLook(state: string): StateLook {
  const [tone, symbol] = Object.hasOwn(LOOKS, state)
    ? LOOKS[state]
    : (['neutral', 'circle'] as const)
  return { tone, symbol }
}

/** States that have a look, hence a word under `ui.states` */
export const KNOWN_STATES: readonly string[] = Object.keys(LOOKS)
