import type { HttpContext } from '@adonisjs/core/http'
import type Campaign from '#core/campaigns/models/campaign'
import type { Actor } from '#core/database/actor'
import { renderPage } from '#core/http/pages/render_page'
import {
  listDecisions,
  listUncertain,
  uncertainRuns,
  type UncertainRun,
} from '../list_uncertain.js'
import { settleUncertain } from '../settle_uncertain.js'
import {
  settleForm,
  uncertainChoiceForm,
  uncertainPageForm,
} from '../validators/uncertain_forms.js'

/** What the engine writes down when a worker died in the middle */
const WORKER_ENDED = 'the worker ended while handing over'

/** What differs between the portal and the admin */
type Face = {
  readonly face: 'portal' | 'admin'
  readonly campaign: Campaign
  /** Whether the visitor may decide, and begin a new campaign */
  readonly mayDecide: boolean
  readonly mayRelaunch: boolean
}

const pathOf = ({ face, campaign }: Face) => `/${face}/campaigns/${campaign.id}/uncertain`

/** Deliveries whose outcome nobody knows, and what people decided about them */
export async function showUncertain(ctx: HttpContext, o: Face) {
  const asked = await uncertainPageForm.validate(ctx.request.qs())
  const own = { accountId: o.campaign.accountId }
  const runs = await uncertainRuns({ ...own, campaignId: o.campaign.id })
  const run =
    runs.find(({ id }) => id === asked.run) ??
    runs.find(({ uncertain }) => uncertain > 0) ??
    runs[0]
  const [page, decisions] = run
    ? await Promise.all([
        listUncertain({ ...own, runId: run.id, after: asked.after, before: asked.before }),
        listDecisions({ ...own, runId: run.id }),
      ])
    : [{ rows: [], next: null, previous: null }, []]
  return renderPage(ctx, `${o.face}/campaigns/uncertain`, {
    ...basics(o),
    runs,
    run: run ?? null,
    rows: page.rows.map((row) => ({ ...row, what: whatHappened(row.detail, ctx) })),
    next: page.next,
    previous: page.previous,
    decisions,
    mayRelaunch: o.mayRelaunch,
  })
}

/** Names the number and what follows from it, and asks for the reason, before anything changes */
export async function confirmUncertain(ctx: HttpContext, o: Face) {
  const choice = await uncertainChoiceForm.validate(ctx.request.qs())
  const run = await runOf(o, choice.run)
  const seqs = choice.all ? [] : (choice.seqs ?? [])
  const count = choice.all ? (run?.uncertain ?? 0) : seqs.length
  if (!run || count === 0) {
    ctx.session.flash('problem', 'campaigns.uncertain.errors.none_chosen')
    return ctx.response.redirect(`${pathOf(o)}?run=${choice.run}`)
  }
  return renderPage(ctx, `${o.face}/campaigns/uncertain_decide`, {
    ...basics(o),
    run,
    decision: choice.decision,
    all: choice.all !== undefined,
    seqs,
    count,
  })
}

export async function decideUncertain(ctx: HttpContext, o: Face & { by: Actor }) {
  const form = await ctx.request.validateUsing(settleForm)
  const run = await runOf(o, form.run)
  const count = run
    ? await settleUncertain({
        accountId: o.campaign.accountId,
        runId: run.id,
        ...(form.all ? {} : { seqs: form.seqs ?? [] }),
        expected: form.count,
        decision: form.decision,
        by: o.by,
        why: form.why ?? '',
      })
    : 0
  ctx.session.flash('done', { key: `campaigns.uncertain.done.${form.decision}`, data: { count } })
  return ctx.response.redirect(`${pathOf(o)}?run=${form.run}`)
}

/** A run of this campaign, and of no other */
async function runOf(o: Face, id: number): Promise<UncertainRun | undefined> {
  const { accountId, id: campaignId } = o.campaign
  return (await uncertainRuns({ accountId, campaignId })).find((run) => run.id === id)
}

function basics(o: Face) {
  return {
    campaign: { id: o.campaign.id, name: o.campaign.name, state: o.campaign.state },
    path: pathOf(o),
    mayDecide: o.mayDecide,
  }
}

function whatHappened(detail: string | null, ctx: HttpContext): string {
  if (!detail) return ctx.i18n.t('campaigns.uncertain.no_answer')
  if (detail === WORKER_ENDED) return ctx.i18n.t('campaigns.uncertain.worker_ended')
  return ctx.i18n.t('campaigns.uncertain.said', { detail })
}
