import { threadCpuUsage } from 'node:process'
import { TemplateInvalidError } from '#core/content/errors'
import {
  renderMessage,
  type FrozenMessage,
  type RenderedMessage,
} from '#core/tracking/links/render_message'

export type RecipientsToRender = {
  readonly runId: number
  readonly rows: readonly {
    readonly seq: number
    readonly contact: Readonly<Record<string, unknown>>
  }[]
  /** Microseconds of processor time after which the rest waits */
  readonly budget: number
}

/** Null where the message passed a limit for this person */
export type RenderedRecipients = {
  readonly messages: readonly (RenderedMessage | null)[]
  /** Microseconds of processor time used */
  readonly used: number
}

/**
 * Renders a frozen message for some of its recipients. Runs in a thread (personalise.ts).
 *
 * @param at said before each recipient: the time of each is limited, and who the thread was at is known when it is ended
 * @returns as many messages as there was time for, in order: one at least
 * @throws TemplateInvalidError when the message cannot be rendered for anybody
 */
export function renderRecipients(
  o: RecipientsToRender,
  message: FrozenMessage,
  at: (index: number) => void
): RenderedRecipients {
  const before = cpu()
  const messages: (RenderedMessage | null)[] = []
  for (const [index, { seq, contact }] of o.rows.entries()) {
    at(index)
    try {
      messages.push(renderMessage({ runId: o.runId, seq, contact, viewed: false }, message))
    } catch (error) {
      if (!(error instanceof TemplateInvalidError)) throw error
      messages.push(null)
    }
    if (cpu() - before > o.budget) break
  }
  return { messages, used: cpu() - before }
}

function cpu(): number {
  const { user, system } = threadCpuUsage()
  return user + system
}
