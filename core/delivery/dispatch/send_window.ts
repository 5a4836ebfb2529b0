import type { Clock } from '#core/database/clock'
import type { Outcome, Recipient } from '@griot/sdk'
import logger from '@adonisjs/core/services/logger'
import { retryWhenAway } from '#core/database/retry_when_away'
import pluginKernel from '#core/plugins/main'
import { announceProgress } from '#core/runs/announce_progress'
import { finishIfOver } from '../ending/finish_run.js'
import type { HandedOver } from './hand_over.js'
import { learnFromOutcomes } from '../rates/learn_from_outcomes.js'
import { priceUnits } from './price_units.js'
import type { LeasedChunk } from './lease_chunk.js'
import type { OwnOutcome, Personalised } from './personalise.js'
import type { PreparedRun, Sender } from './sender.js'
import { lookUp } from '../uncertain/look_up.js'
import { queueLookUp } from '../uncertain/look_up_uncertain.js'
import { settleWindow } from './settle_window.js'
import debug from '../debug.js'

/** Renders, sends and settles the rows of one window that were handed over, and ends the run when they were the last */
export async function sendWindow(o: {
  sender: Sender
  prepared: PreparedRun
  chunk: LeasedChunk
  rows: readonly HandedOver[]
  watched: boolean
  clock: Clock
}): Promise<void> {
  const { sender, rows } = o
  const { run } = o.prepared
  const personalised = await personalisedOf(o)
  const answers = await outcomesOf({
    ...o,
    recipients: personalised.flatMap(({ recipient }) => (recipient === null ? [] : [recipient])),
  })
  let sent = 0
  const outcomes = await withLookUps(
    o,
    personalised.map((one) => (one.recipient === null ? one.outcome : answers[sent++]))
  )
  const now = o.clock.now()
  /** What the far side said is known here alone: it is not given up easily. A window that was written changes nothing the second time */
  const { accepted, pending } = await retryWhenAway('what became of a window', () =>
    settleWindow({
      run,
      lease: o.chunk.lease,
      rows,
      outcomes,
      defaultUnit: sender.unit,
      now,
    })
  )
  debug(
    'run %d: settled a window of %d, %d accepted, %d still open',
    run.id,
    rows.length,
    accepted,
    pending
  )
  /** What never came to the far side says nothing about it */
  if (answers.length > 0)
    await learnFromOutcomes({
      pluginId: sender.pluginId,
      rows: rows.filter((_, index) => personalised[index].recipient !== null),
      outcomes: answers,
      watched: o.watched,
    })
  if (pending === 0) await finishIfOver(run.id, now)
  else await announceProgress(run.id)
}

/** Whose answer was lost is asked for, before it is named uncertain; asked again later when the far side cannot tell yet */
async function withLookUps(
  o: { sender: Sender; prepared: PreparedRun; rows: readonly HandedOver[]; clock: Clock },
  outcomes: readonly (Outcome | OwnOutcome)[]
): Promise<readonly (Outcome | OwnOutcome)[]> {
  const { pluginId, channel } = o.sender
  const lost = o.rows.filter((_row, n) => outcomes[n].status === 'unknown')
  if (lost.length === 0 || channel.idempotency !== 'lookup') return outcomes
  const runId = o.prepared.run.id
  const said = await lookUp({
    pluginId,
    channelId: o.sender.channelId,
    channel,
    runId,
    seqs: lost.map((row) => row.seq),
  })
  if (said.some((outcome) => outcome.status === 'unknown'))
    await queueLookUp({ runId, pluginId, round: 0, now: o.clock.now() })
  const found = new Map(lost.map((row, n) => [row.seq, said[n]]))
  return outcomes.map((outcome, n) => found.get(o.rows[n].seq) ?? outcome)
}

/** Nothing was handed over when this fails: the rows are safe to try again */
async function personalisedOf(o: {
  prepared: PreparedRun
  rows: readonly HandedOver[]
}): Promise<Personalised[]> {
  try {
    return await o.prepared.personalise(o.rows)
  } catch (error) {
    logger.error(
      { err: error, runId: o.prepared.run.id },
      'a window could not be rendered; it waits'
    )
    return o.rows.map(() => ({ recipient: null, outcome: { status: 'deferred' } }))
  }
}

/**
 * A sender returns outcomes. When it throws, hangs or returns something else, nobody can know what was sent: each row
 * of the window is unknown. The kernel has counted the failure and quarantines a plugin that goes on like this. Where the call did not
 * come to the plugin at all, nothing was sent: each row waits.
 */
async function outcomesOf(o: {
  sender: Sender
  prepared: PreparedRun
  recipients: readonly Recipient[]
}): Promise<Outcome[]> {
  const { sender, prepared, recipients } = o
  if (recipients.length === 0) return []
  const { pluginId, channel } = sender
  const all = (outcome: Outcome) => recipients.map(() => outcome)
  try {
    const outcomes = await pluginKernel.calls.call(
      pluginId,
      sender.call('send'),
      { session: prepared.session, batch: recipients },
      { timeoutMs: channel.limits.timeoutMs }
    )
    const units = Object.keys(channel.units)
    if (
      Array.isArray(outcomes) &&
      outcomes.length === recipients.length &&
      outcomes.every((outcome) => isOutcome(outcome, units))
    ) {
      await reportUnpriced(o, outcomes as Outcome[])
      return outcomes as Outcome[]
    }
    await pluginKernel.reportFailure({
      pluginId,
      code: 'E_PLUGIN_WRONG_RESULT',
      operation: sender.call('send'),
      detail: `send returned ${Array.isArray(outcomes) ? `${outcomes.length} outcomes` : typeof outcomes} for ${recipients.length} recipients, or one that is no outcome`,
    })
    return all({ status: 'unknown', detail: 'E_PLUGIN_WRONG_RESULT' })
  } catch (error) {
    const code = (error as { code?: string }).code ?? 'E_PLUGIN_THREW'
    logger.error(
      { err: error, pluginId, runId: prepared.run.id },
      'a window ended without outcomes'
    )
    if (code === 'E_PLUGIN_HANDLE_GONE') sender.forget(prepared.run.id)
    if (NEVER_CAME.has(code)) return all({ status: 'deferred', detail: code })
    return all({ status: 'unknown', detail: code })
  }
}

/** Said before the plugin was asked: it is not enabled any more, or its host was started anew and has not what was opened */
const NEVER_CAME: ReadonlySet<string> = new Set(['E_PLUGIN_UNAVAILABLE', 'E_PLUGIN_HANDLE_GONE'])

/** A sender that used what nobody estimated is told on; its messages were sent, and are charged as one unit each */
async function reportUnpriced(
  o: { sender: Sender; prepared: PreparedRun; recipients: readonly Recipient[] },
  outcomes: readonly Outcome[]
): Promise<void> {
  const { unitPrices } = o.prepared.run.quote
  const unpriced = outcomes.find(
    (outcome, n) =>
      outcome.status === 'accepted' &&
      outcome.units &&
      priceUnits({ units: outcome.units, unitPrices, address: o.recipients[n].address }) === null
  )
  if (unpriced?.status !== 'accepted') return
  await pluginKernel.reportFailure({
    pluginId: o.sender.pluginId,
    code: 'E_PLUGIN_WRONG_RESULT',
    operation: o.sender.call('send'),
    detail: `send reported units that the quote has no price for: ${Object.keys(unpriced.units ?? {}).join(', ')}`,
  })
}

/** Parts of one message at most: what 8 bits can count (3GPP TS 23.040 §9.2.3.24.1) */
const MOST_PARTS = 255

function areKeys(keys: unknown): boolean {
  return (
    Array.isArray(keys) &&
    keys.length <= MOST_PARTS &&
    new Set(keys).size === keys.length &&
    keys.every((key) => typeof key === 'string' && key !== '')
  )
}

const STATUSES: ReadonlySet<unknown> = new Set(['accepted', 'rejected', 'deferred', 'unknown'])

/** What can be priced is whole numbers of the channel's own units: anything else cannot be charged, so it cannot be believed */
function isOutcome(value: unknown, units: readonly string[]): value is Outcome {
  const outcome = value as {
    status?: unknown
    units?: Record<string, unknown>
    providerKeys?: unknown
  } | null
  if (!STATUSES.has(outcome?.status)) return false
  if (outcome?.providerKeys !== undefined && !areKeys(outcome.providerKeys)) return false
  return Object.entries(outcome?.units ?? {}).every(
    ([unit, count]) => units.includes(unit) && Number.isSafeInteger(count) && Number(count) >= 0
  )
}
