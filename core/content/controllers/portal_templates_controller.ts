import { whereText } from '#core/database/where_text'
import { isUuid } from '#core/database/uuid'
import { plainQuery } from '#core/http/forms/plain_query'
import { actorOf } from '#core/access/actor_of'
import { allows, authorize } from '#core/access/authorize'
import type { HttpContext } from '@adonisjs/core/http'
import { keysetPage } from '#core/database/keyset'
import { renderPage } from '#core/http/pages/render_page'
import { escapeHtml } from '#core/http/pages/safe_html'
import { archiveTemplate } from '../templates/archive_template.js'
import { TemplateInvalidError } from '../errors.js'
import Template from '../models/template.js'
import { previewTemplate, type TemplatePreview } from '../templates/preview_template.js'
import { findTemplate, saveTemplate } from '../templates/save_template.js'
import { STARTERS } from '../templates/starter_templates.js'
import { problemOf } from './template_problem.js'
import { templateModel, typedTemplate } from './template_model.js'
import { newTemplateForm, previewForm, templateForm } from '../validators/template_forms.js'

/**
 * The preview stands in a frame without rights: no script, no form, no cookie of ours, pictures from secure addresses alone.
 */
const PREVIEW_POLICY =
  "sandbox; default-src 'none'; img-src https: data:; style-src 'unsafe-inline' https:; font-src https: data:; form-action 'none'; base-uri 'none'; frame-ancestors 'self'"

/** Templates in the portal: list, editor, preview */
export default class PortalTemplatesController {
  async index(ctx: HttpContext) {
    await authorize(ctx, 'campaigns.view')
    const { q, cursor, view } = plainQuery(ctx)
    const archived = view === 'archived'
    const query = Template.in(ctx.portal.account.id).select(
      'id',
      'name',
      'format',
      'archived_at',
      'created_at',
      'updated_at'
    )
    const search = typeof q === 'string' ? q.trim().slice(0, 200) : ''
    if (search) whereText(query, ['name'], search)
    void (archived ? query.whereNotNull('archived_at') : query.whereNull('archived_at'))
    const page = await keysetPage<Template>({
      query,
      cursor: typeof cursor === 'string' ? cursor : null,
    })
    return renderPage(ctx, 'portal/templates/index', {
      templates: page.rows.map((row) => ({
        id: row.id,
        name: row.name,
        format: row.format,
        updatedAt: row.updatedAt.toJSDate(),
      })),
      next: page.next,
      previous: page.previous,
      archived,
      search,
      mayEdit: allows(ctx, 'templates.edit'),
    })
  }

  async new(ctx: HttpContext) {
    await authorize(ctx, 'templates.edit')
    return renderPage(ctx, 'portal/templates/new', {})
  }

  async store(ctx: HttpContext) {
    await authorize(ctx, 'templates.edit')
    const form = await ctx.request.validateUsing(newTemplateForm)
    const template = await saveTemplate({
      accountId: ctx.portal.account.id,
      name: form.name,
      format: form.format,
      source: STARTERS[form.format],
      by: actorOf(ctx),
    })
    ctx.session.flash('done', 'content.templates.created')
    return ctx.response.redirect(`/portal/templates/${template.id}`)
  }

  async show(ctx: HttpContext) {
    await authorize(ctx, 'campaigns.view')
    const template = await findTemplate(ctx.portal.account.id, String(ctx.params.id))
    return renderPage(ctx, 'portal/templates/show', await templateModel(ctx, template))
  }

  /** What cannot be saved is shown again as it was typed: a template is too long to be kept in a session */
  async update(ctx: HttpContext) {
    await authorize(ctx, 'templates.edit')
    const accountId = ctx.portal.account.id
    const template = await findTemplate(accountId, String(ctx.params.id))
    try {
      const form = await ctx.request.validateUsing(templateForm)
      await saveTemplate({
        accountId,
        id: template.id,
        name: form.name,
        format: template.format,
        source: form.source,
        text: form.text_is_custom ? (form.text ?? null) : null,
        version: form.version ?? null,
        by: actorOf(ctx),
      })
    } catch (error) {
      const problem = problemOf(ctx, error)
      if (!problem) throw error
      ctx.response.status(problem.status)
      return renderPage(ctx, 'portal/templates/show', {
        ...(await templateModel(ctx, template, typedTemplate(ctx.request.all()))),
        problems: problem.fields,
        changed: problem.changed,
        saved: problem.changed ? (await findTemplate(accountId, template.id)).source : '',
        version: problem.changed
          ? (await findTemplate(accountId, template.id)).version
          : typedTemplate(ctx.request.all()).version,
      })
    }
    ctx.session.flash('done', 'content.templates.saved')
    return ctx.response.redirect(`/portal/templates/${template.id}`)
  }

  async archive(ctx: HttpContext) {
    await authorize(ctx, 'templates.edit')
    await archiveTemplate({
      accountId: ctx.portal.account.id,
      templateId: String(ctx.params.id),
      archived: true,
    })
    ctx.session.flash('done', 'content.templates.archived')
    return ctx.response.redirect('/portal/templates')
  }

  async restore(ctx: HttpContext) {
    await authorize(ctx, 'templates.edit')
    const templateId = String(ctx.params.id)
    await archiveTemplate({ accountId: ctx.portal.account.id, templateId, archived: false })
    ctx.session.flash('done', 'content.templates.restored')
    return ctx.response.redirect(`/portal/templates/${templateId}`)
  }

  /** The saved template, for the frame of the editor */
  async preview(ctx: HttpContext) {
    await authorize(ctx, 'campaigns.view')
    const template = await findTemplate(ctx.portal.account.id, String(ctx.params.id))
    const { contact } = plainQuery(ctx)
    return this.#framed(ctx, () =>
      previewTemplate({
        account: ctx.portal.account,
        format: template.format,
        source: template.source,
        text: template.textIsCustom ? template.text : null,
        contactId: isUuid(contact) ? contact : null,
      })
    )
  }

  /** What is being written, sent by the editor's own form into the frame: nothing is saved */
  async previewDraft(ctx: HttpContext) {
    await authorize(ctx, 'templates.edit')
    const form = await ctx.request.validateUsing(previewForm)
    return this.#framed(ctx, () =>
      previewTemplate({
        account: ctx.portal.account,
        format: form.format,
        source: form.source,
        text: form.text_is_custom ? (form.text ?? null) : null,
        contactId: form.contact ?? null,
      })
    )
  }

  async #framed(ctx: HttpContext, preview: () => Promise<TemplatePreview>) {
    ctx.response.header('content-security-policy', PREVIEW_POLICY)
    ctx.response.header('content-type', 'text/html; charset=utf-8')
    ctx.response.header('referrer-policy', 'no-referrer')
    ctx.response.header('cache-control', 'no-store')
    try {
      const { html, text } = await preview()
      return ctx.response.send(
        html ??
          `<!doctype html><meta charset="utf-8"><pre style="white-space:pre-wrap;font:15px/1.5 system-ui,sans-serif;margin:16px">${escapeHtml(text)}</pre>`
      )
    } catch (error) {
      if (!(error instanceof TemplateInvalidError)) throw error
      const sentence = ctx.i18n.t(
        error.translation.key,
        error.translation.data as Record<string, string>
      )
      return ctx.response
        .status(422)
        .send(
          `<!doctype html><meta charset="utf-8"><p style="font:15px/1.5 system-ui,sans-serif;margin:16px;color:#b3261e">${escapeHtml(sentence)}</p>`
        )
    }
  }
}
