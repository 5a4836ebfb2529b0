import { SendingRulesError } from './errors.js'

/** Rules that hold back messages to a contact, of one campaign or of all of an account */
export type SendingRules = {
  /** Wall-clock times of each contact's own zone, `21:00` */
  readonly quiet: { readonly from: string; readonly until: string } | null
  /** At most so many messages in so many days */
  readonly cap: { readonly messages: number; readonly days: number } | null
}

export type SendingRulesForm = {
  readonly quiet_from?: string | null | undefined
  readonly quiet_until?: string | null | undefined
  readonly cap_messages?: number | null | undefined
  readonly cap_days?: number | null | undefined
}

/**
 * Reads the two pairs of fields; an empty pair is no rule.
 *
 * @throws SendingRulesError when one half of a pair is missing, or no hour would be left to send in
 */
export function readSendingRules(form: SendingRulesForm): SendingRules {
  return { quiet: quietOf(form), cap: capOf(form) }
}

function quietOf(form: SendingRulesForm): SendingRules['quiet'] {
  const { quiet_from: from, quiet_until: until } = form
  if (!from && !until) return null
  if (!from || !until)
    throw new SendingRulesError('quiet_pair', from ? 'quiet_until' : 'quiet_from')
  if (from.slice(0, 5) === until.slice(0, 5))
    throw new SendingRulesError('quiet_same', 'quiet_until')
  return { from, until }
}

function capOf(form: SendingRulesForm): SendingRules['cap'] {
  const { cap_messages: messages, cap_days: days } = form
  if (!messages && !days) return null
  if (!messages || !days)
    throw new SendingRulesError('cap_pair', messages ? 'cap_days' : 'cap_messages')
  return { messages, days }
}
