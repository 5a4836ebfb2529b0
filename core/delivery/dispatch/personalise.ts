import type { Outcome, Recipient } from '@griot/sdk'
import { TemplateInvalidError } from '#core/content/errors'
import { inThread } from '#core/content/threads/in_thread'
import { ThreadEndedError } from '#core/content/threads/working_thread'
import { frozenMessage } from '#core/tracking/links/frozen_message'
import type { FrozenMessage, RenderedMessage } from '#core/tracking/links/render_message'
import type { HandedOver } from './hand_over.js'
import type { Run } from '#core/runs/run'
import { RenderBudget } from './render_budget.js'
import type { RecipientsToRender, RenderedRecipients } from './render_recipients.js'

/** What the kernel itself says of a delivery that it does not hand to a plugin */
export type OwnOutcome =
  | Extract<Outcome, { status: 'deferred' }>
  | {
      readonly status: 'rejected'
      readonly reason: 'template'
      readonly detail: string
      readonly permanent?: false
    }

/** What a delivery's person receives, or what became of the delivery because there is no message to send */
export type Personalised =
  { readonly recipient: Recipient } | { readonly recipient: null; readonly outcome: OwnOutcome }

export type Personalise = (rows: readonly HandedOver[]) => Promise<Personalised[]>

const budget = new RenderBudget()

/** A thread that is ended costs what its last task took, at least */
const ENDED = 2_000_000

/**
 * Makes the function that turns deliveries into what their people receive: the frozen content rendered with the contact's fields, with links
 * and pixel of each delivery alone. Rendered in a thread, a window at a time: a person for whom the template goes over a limit is rejected, the others
 * go on; an account whose templates are slow waits in between.
 */
export function personaliser(run: Run): Personalise {
  const message = frozenMessage(run)
  const { accountId } = run

  return async (rows) => {
    const done = new Map<number, Personalised>()
    let left = [...rows]
    while (left.length > 0) {
      const allowed = budget.allowed(accountId, left.length, Date.now())
      if (allowed === 0) {
        const outcome: OwnOutcome = {
          status: 'deferred',
          retryAt: budget.again(accountId, Date.now()),
          detail: 'the template of this account is slow',
        }
        for (const row of left) done.set(row.seq, { recipient: null, outcome })
        break
      }
      const { messages, used } = await render({ run, message, rows: left, allowed })
      budget.spend({ accountId, messages: messages.length, used, now: Date.now() })
      for (const [index, rendered] of messages.entries())
        done.set(left[index].seq, resultOf(run, left[index], rendered))
      left = left.filter((row) => !done.has(row.seq))
    }
    return rows.map((row) => done.get(row.seq) as Personalised)
  }
}

/** Messages of the first rows: as many as there was time for */
async function render(o: {
  run: Run
  message: FrozenMessage
  rows: readonly HandedOver[]
  allowed: number
}): Promise<RenderedRecipients> {
  const { run, rows } = o
  const input: RecipientsToRender = {
    runId: run.id,
    rows: rows.map(({ seq, contact }) => ({ seq, contact })),
    budget: o.allowed,
  }
  try {
    return await inThread<RenderedRecipients>({
      module: new URL('./render_recipients.js', import.meta.url),
      name: 'renderRecipients',
      accountId: run.accountId,
      input,
      shared: { key: `run:${run.id}`, value: o.message },
      turn: 'sending',
    })
  } catch (error) {
    if (!(error instanceof TemplateInvalidError)) throw error
    if (!(error.cause instanceof ThreadEndedError))
      return { messages: rows.map(() => null), used: 0 }
    /** Those before had their message, and lost it with the thread: they are rendered again, without the one it ended at */
    const { item } = error.cause
    const before =
      item === 0 ? { messages: [], used: 0 } : await render({ ...o, rows: rows.slice(0, item) })
    if (before.messages.length < item) return { ...before, used: before.used + ENDED }
    return { messages: [...before.messages, null], used: before.used + ENDED }
  }
}

function resultOf(run: Run, row: HandedOver, rendered: RenderedMessage | null): Personalised {
  const key = `${run.id}.${row.seq}`
  return rendered === null
    ? { recipient: null, outcome: { status: 'rejected', reason: 'template', detail: key } }
    : {
        recipient: {
          deliveryId: key,
          address: row.address,
          content: rendered.content,
          links: rendered.links,
          idempotencyKey: key,
        },
      }
}
