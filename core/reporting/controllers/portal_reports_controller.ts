import { allows, authorize } from '#core/access/authorize'
import { Readable } from 'node:stream'
import type { HttpContext } from '@adonisjs/core/http'
import { findCampaign } from '#core/campaigns/find_campaign'
import { renderPage } from '#core/http/pages/render_page'
import { viewFormatters } from '#core/http/pages/view_formatters'
import { campaignReport } from '../report/campaign_report.js'
import { fileName } from '../report/file_name.js'
import { reportCsv } from '../report/report_csv.js'
import { statementCsv } from '../report/statement_csv.js'

/** Reports and files of the portal */
export default class PortalReportsController {
  async show(ctx: HttpContext) {
    await authorize(ctx, 'campaigns.view')
    const { account } = ctx.portal
    const campaign = await findCampaign(account.id, String(ctx.params.id))
    const report = await campaignReport({
      accountId: account.id,
      campaignId: campaign.id,
      zone: account.timezone,
      now: ctx.now,
    })
    return renderPage(ctx, 'portal/reports/show', {
      campaign: {
        id: campaign.id,
        name: campaign.name,
        state: campaign.state,
        kind: campaign.kind,
        channel: campaign.channel,
      },
      report,
      currency: account.currency,
      mayExport: allows(ctx, 'reports.export'),
    })
  }

  async csv(ctx: HttpContext) {
    await authorize(ctx, 'reports.export')
    const { account } = ctx.portal
    const campaign = await findCampaign(account.id, String(ctx.params.id))
    const t = (key: string) => ctx.i18n.t(key)
    return this.#file(
      ctx,
      fileName(t('reporting.csv.file'), campaign.name),
      reportCsv({ accountId: account.id, campaignId: campaign.id, zone: account.timezone, t })
    )
  }

  async movements(ctx: HttpContext) {
    await authorize(ctx, 'wallet.view')
    const { account } = ctx.portal
    const t = (key: string) => ctx.i18n.t(key)
    const { inputDate } = viewFormatters({
      locale: ctx.i18n.locale,
      timeZone: account.timezone,
      now: () => ctx.now,
    })
    const stamp = (at: Date) => inputDate(at, 'datetime').replace('T', ' ')
    return this.#file(
      ctx,
      fileName(t('ledger.csv.file'), account.name),
      statementCsv({ accountId: account.id, currency: account.currency, t, stamp })
    )
  }

  #file(ctx: HttpContext, name: string, pieces: AsyncGenerator<string>) {
    ctx.response
      .header('content-type', 'text/csv; charset=utf-8')
      .header('content-disposition', `attachment; filename="${name}.csv"`)
      .header('cache-control', 'no-store, private')
    return ctx.response.stream(Readable.from(pieces))
  }
}
