import { plainQuery } from '#core/http/forms/plain_query'
import { Exception } from '@adonisjs/core/exceptions'
import type { HttpContext } from '@adonisjs/core/http'
import env from '#start/env'
import { renderPage } from '#core/http/pages/render_page'
import pluginKernel from '#core/plugins/main'
import { emptySandbox } from '#core/plugins/sandbox/empty_sandbox'
import { readWords } from '../read_words.js'
import {
  MOST_COUNTED,
  sandboxBoxes,
  sandboxMessages,
  type SandboxBox,
} from '../sandbox_messages.js'
import { parseMail, sandboxMessage, type WholeMessage } from '../sandbox_message.js'

/** What a message may do in its frame: show itself, and open its links beside, as a mailbox does */
const FRAME_POLICY =
  "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; img-src data:; style-src 'unsafe-inline'; frame-ancestors 'self'"
/** Characters of a part that the page shows; all of it is in the file */
const SHOWN_TEXT = 20_000

/** The mailbox of the Sandbox */
export default class AdminSandboxController {
  async index(ctx: HttpContext) {
    if (!env.get('SANDBOX')) return renderPage(ctx, 'admin/sandbox/off', {})
    const { q, box, cursor } = plainQuery(ctx)
    const search = typeof q === 'string' ? q.trim().slice(0, 200) : ''
    const boxes = await sandboxBoxes()
    const chosen = boxes.find((one) => boxKey(one) === box) ?? null
    const page = await sandboxMessages({
      search,
      box: chosen,
      cursor: typeof cursor === 'string' ? cursor : null,
    })
    return renderPage(ctx, 'admin/sandbox/index', {
      messages: page.rows.map((row) => ({
        ...row,
        title: readWords(row.title),
        sender: readWords(row.sender),
      })),
      next: page.next,
      previous: page.previous,
      search,
      boxes: boxes.map((one) => ({
        key: boxKey(one),
        label: boxTitle(ctx, one),
        count: one.count,
        more: one.count > MOST_COUNTED,
      })),
      chosen: chosen ? boxKey(chosen) : null,
      mostCounted: MOST_COUNTED,
    })
  }

  async show(ctx: HttpContext) {
    const message = await this.#message(ctx)
    const mail = message.raw ? await parseMail(message.raw) : null
    return renderPage(ctx, 'admin/sandbox/show', {
      message: {
        id: message.id,
        recipient: message.recipient,
        sender: readWords(message.sender),
        title: readWords(message.title),
        receivedAt: message.received_at,
        bytes: message.raw?.length ?? null,
      },
      box: boxTitle(ctx, { pluginId: message.plugin_id, simulator: message.simulator }),
      body: Object.entries(message.body).map(([name, value]) => ({
        label: factWord(ctx, name),
        value: String(value),
      })),
      mail: mail && {
        headers: mail.headers,
        text: mail.text?.slice(0, SHOWN_TEXT) ?? null,
        hasHtml: mail.html !== null,
        attachments: mail.attachments,
      },
    })
  }

  /** The HTML of a message as strangers wrote it: an origin of its own, no script, nothing loaded, so looking is not an opening */
  async html(ctx: HttpContext) {
    const { raw } = await this.#message(ctx)
    const mail = raw ? await parseMail(raw) : null
    if (!mail?.html) throw missing()
    ctx.response
      .header('content-security-policy', FRAME_POLICY)
      .header('cache-control', 'no-store, private')
      .header('content-type', 'text/html; charset=utf-8')
    return ctx.response.send(linksBeside(mail.html))
  }

  async raw(ctx: HttpContext) {
    const { id, raw } = await this.#message(ctx)
    if (!raw) throw missing()
    ctx.response
      .header('content-type', 'message/rfc822')
      .header('content-disposition', `attachment; filename="${id}.eml"`)
      .header('cache-control', 'no-store, private')
    return ctx.response.send(raw)
  }

  async empty(ctx: HttpContext) {
    if (env.get('SANDBOX')) await emptySandbox()
    ctx.session.flash('done', 'sandbox.emptied')
    return ctx.response.redirect('/admin/sandbox')
  }

  async #message(ctx: HttpContext): Promise<WholeMessage> {
    const message = env.get('SANDBOX') ? await sandboxMessage(String(ctx.params.id)) : null
    if (!message) throw missing()
    return message
  }
}

const boxKey = (box: Pick<SandboxBox, 'pluginId' | 'simulator'>) =>
  `${box.pluginId}.${box.simulator}`

/** Links open in a window of their own: inside the frame the page's policy would stop them */
function linksBeside(html: string): string {
  const base = '<base target="_blank">'
  return /<head[^>]*>/i.test(html)
    ? html.replace(/<head[^>]*>/i, (head) => `${head}${base}`)
    : `${base}${html}`
}

const missing = () =>
  new Exception('No such message', { status: 404, code: 'E_SANDBOX_MESSAGE_UNKNOWN' })

/** What simulators tell of a message: our word where we have one, their name else */
function factWord(ctx: HttpContext, name: string): string {
  const key = `sandbox.fact.${name}`
  const word = ctx.i18n.t(key)
  return word.includes(key) ? name : word
}

/** A simulator in words: the plugin's title while it is enabled, its name else */
function boxTitle(ctx: HttpContext, box: Pick<SandboxBox, 'pluginId' | 'simulator'>): string {
  const channels = pluginKernel.channels().filter((one) => one.pluginId === box.pluginId)
  const title = channels.at(0)?.channel.title
  return title
    ? title[ctx.i18n.locale === 'en' ? 'en' : 'fr']
    : `${box.pluginId} – ${box.simulator}`
}
