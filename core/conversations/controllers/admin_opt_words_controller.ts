import type { HttpContext } from '@adonisjs/core/http'
import { allows, authorize } from '#core/access/authorize'
import { renderPage } from '#core/http/pages/render_page'
import { addOptWord, listOptWords, removeOptWord } from '../manage_opt_words.js'
import { optWordForm } from '../validators/conversation_forms.js'

/** The words by which people end messages and ask for them again, in the admin */
export default class AdminOptWordsController {
  async index(ctx: HttpContext) {
    return renderPage(ctx, 'admin/opt_words/index', {
      words: await listOptWords(),
      mayEdit: allows(ctx, 'words.manage'),
    })
  }

  async store(ctx: HttpContext) {
    await authorize(ctx, 'words.manage')
    const form = await ctx.request.validateUsing(optWordForm)
    const word = await addOptWord({ ...form, language: form.language ?? '' })
    ctx.session.flash('done', { key: 'conversations.words.added', data: { word } })
    return ctx.response.redirect('/admin/opt-words')
  }

  async destroy(ctx: HttpContext) {
    await authorize(ctx, 'words.manage')
    const word = await removeOptWord(String(ctx.params.id))
    if (word !== null)
      ctx.session.flash('done', { key: 'conversations.words.removed', data: { word } })
    return ctx.response.redirect('/admin/opt-words')
  }
}
