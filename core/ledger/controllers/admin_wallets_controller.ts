import { plainQuery } from '#core/http/forms/plain_query'
import { actorOf } from '#core/access/actor_of'
import { allows, authorize } from '#core/access/authorize'
import { randomUUID } from 'node:crypto'
import type { HttpContext } from '@adonisjs/core/http'
import { renderPage } from '#core/http/pages/render_page'
import { viewFormatters } from '#core/http/pages/view_formatters'
import Account from '#core/identity/models/account'
import { creditWallet } from '../credit_wallet.js'
import { movementRows } from '../movement_rows.js'
import { readAmount } from '../read_amount.js'
import { creditForm } from '../validators/credit_form.js'
import { walletPage } from '../wallet_page.js'

/** Movements shown beside the form */
const LAST = 5

/** The wallet of a client, for the operator: statement and credit by hand */
export default class AdminWalletsController {
  async show(ctx: HttpContext) {
    const account = await this.#account(ctx)
    const { cursor } = plainQuery(ctx)
    return renderPage(ctx, 'admin/wallet/show', {
      ...(await this.#wallet(account, { cursor: typeof cursor === 'string' ? cursor : null })),
      mayCredit: allows(ctx, 'money.move'),
    })
  }

  async form(ctx: HttpContext) {
    await authorize(ctx, 'money.move')
    const account = await this.#account(ctx)
    const { amount, reason } = plainQuery(ctx)
    return renderPage(ctx, 'admin/wallet/credit', {
      ...(await this.#wallet(account, { cursor: null, size: LAST })),
      key: randomUUID(),
      amount: typeof amount === 'string' ? amount : '',
      reason: typeof reason === 'string' ? reason : '',
    })
  }

  /** First shows what will happen; credits once that page is confirmed */
  async credit(ctx: HttpContext) {
    await authorize(ctx, 'money.move')
    const account = await this.#account(ctx)
    const form = await ctx.request.validateUsing(creditForm)
    const amount = readAmount({ text: form.amount, currency: account.currency, field: 'amount' })
    if (!form.confirmed) {
      const wallet = await this.#wallet(account, { cursor: null, size: LAST })
      return renderPage(ctx, 'admin/wallet/check', {
        ...wallet,
        amount,
        after: wallet.totals.available + amount,
        typed: form.amount,
        reason: form.reason,
        key: form.key,
      })
    }

    const by = actorOf(ctx)
    const { replayed } = await creditWallet({
      accountId: account.id,
      currency: account.currency,
      amount,
      reason: form.reason,
      by,
      key: form.key,
    })
    const { money } = viewFormatters({
      locale: ctx.i18n.locale,
      timeZone: account.timezone,
      now: () => ctx.now,
    })
    ctx.session.flash(replayed ? 'notice' : 'done', {
      key: `ledger.admin.${replayed ? 'replayed' : 'credited'}`,
      data: { amount: money(amount, account.currency), name: account.name },
    })
    return ctx.response.redirect(`/admin/clients/${account.id}/wallet`)
  }

  #account(ctx: HttpContext): Promise<Account> {
    return Account.findOrFail(String(ctx.params.id))
  }

  async #wallet(account: Account, o: { cursor: string | null; size?: number }) {
    const page = await walletPage({ accountId: account.id, currency: account.currency, ...o })
    return {
      client: {
        id: account.id,
        name: account.name,
        currency: account.currency,
        reference: account.id.slice(-8).toUpperCase(),
      },
      totals: page.totals,
      movements: movementRows(page.movements, '/admin/campaigns'),
      next: page.next,
      previous: page.previous,
      from: page.from,
      to: page.to,
    }
  }
}
