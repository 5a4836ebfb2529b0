import { plainQuery } from '#core/http/forms/plain_query'
import { actorOf } from '#core/access/actor_of'
import { allows, authorize } from '#core/access/authorize'
import type { HttpContext } from '@adonisjs/core/http'
import { readSchemaForm } from '#core/http/forms/read_schema_form'
import { sayProblems } from '#core/http/forms/say_problems'
import { renderPage } from '#core/http/pages/render_page'
import { disablePlugin } from '#core/plugins/lifecycle/disable_plugin'
import { enablePlugin } from '#core/plugins/lifecycle/enable_plugin'
import { PluginError, ValuesRefusedError } from '#core/plugins/errors'
import { installPlugin } from '#core/plugins/lifecycle/install_plugin'
import pluginKernel from '#core/plugins/main'
import type { PluginOverview } from '#core/plugins/discovery/plugin_overview'
import { pluginOverview } from '#core/plugins/discovery/plugin_overview'
import { readPluginPage } from '../read_plugin_page.js'
import { resumePlugin } from '#core/plugins/lifecycle/resume_plugin'
import { saveSettings } from '#core/plugins/lifecycle/save_settings'
import { settingsForm } from '../settings_form.js'
import { uninstallPlugin } from '#core/plugins/lifecycle/uninstall_plugin'
import { upgradePlugin } from '#core/plugins/lifecycle/upgrade_plugin'
import { blocksView, checkSentence, pluginView, type Locale } from './plugin_view.js'

/** Plugins in the admin: what is there, what it may do, what it is doing, and every step of its life */
export default class AdminPluginsController {
  async index(ctx: HttpContext) {
    const plugins = await pluginKernel.overview()
    return renderPage(ctx, 'admin/plugins/index', {
      plugins: plugins.map((plugin) => view(ctx, plugin)),
      mayManage: allows(ctx, 'plugins.manage'),
    })
  }

  async show(ctx: HttpContext) {
    const plugin = await find(ctx)
    const form = await settingsForm({ kernel: pluginKernel, plugin })
    return renderPage(ctx, 'admin/plugins/show', {
      plugin: view(ctx, plugin),
      ...form,
      mayManage: allows(ctx, 'plugins.manage'),
    })
  }

  async confirmInstall(ctx: HttpContext) {
    await authorize(ctx, 'plugins.manage')
    return renderPage(ctx, 'admin/plugins/install', { plugin: view(ctx, await find(ctx)) })
  }

  async install(ctx: HttpContext) {
    await authorize(ctx, 'plugins.manage')
    const plugin = await find(ctx)
    await installPlugin({
      kernel: pluginKernel,
      id: plugin.id,
      granted: plugin.found?.manifest?.capabilities ?? {},
      by: actorOf(ctx),
    })
    return done(ctx, plugin, 'installed')
  }

  async confirmUpgrade(ctx: HttpContext) {
    await authorize(ctx, 'plugins.manage')
    return renderPage(ctx, 'admin/plugins/upgrade', { plugin: view(ctx, await find(ctx)) })
  }

  async upgrade(ctx: HttpContext) {
    await authorize(ctx, 'plugins.manage')
    const plugin = await find(ctx)
    await upgradePlugin({ kernel: pluginKernel, id: plugin.id, granted: 'all', by: actorOf(ctx) })
    return done(ctx, plugin, 'upgraded')
  }

  async enable(ctx: HttpContext) {
    await authorize(ctx, 'plugins.manage')
    const plugin = await find(ctx)
    await enablePlugin({ kernel: pluginKernel, id: plugin.id, by: actorOf(ctx) })
    return done(ctx, plugin, 'enabled')
  }

  async disable(ctx: HttpContext) {
    await authorize(ctx, 'plugins.manage')
    const plugin = await find(ctx)
    await disablePlugin({ kernel: pluginKernel, id: plugin.id, by: actorOf(ctx) })
    return done(ctx, plugin, 'disabled')
  }

  async resume(ctx: HttpContext) {
    await authorize(ctx, 'plugins.manage')
    const plugin = await find(ctx)
    await resumePlugin({ kernel: pluginKernel, id: plugin.id, by: actorOf(ctx) })
    return done(ctx, plugin, 'resumed')
  }

  async check(ctx: HttpContext) {
    await authorize(ctx, 'plugins.manage')
    const plugin = await find(ctx)
    const { ok } = await pluginKernel.calls.checkHealth(plugin.id)
    await pluginKernel.refresh()
    if (ok) return done(ctx, plugin, 'checked')
    const { row } = await pluginKernel.find(plugin.id)
    ctx.session.flash('problem', {
      key: 'plugins.flash.check_failed',
      data: { detail: checkSentence(row?.health_detail ?? '', locale(ctx), translate(ctx)) },
    })
    return ctx.response.redirect(`/admin/plugins/${plugin.id}`)
  }

  async uninstall(ctx: HttpContext) {
    await authorize(ctx, 'plugins.manage')
    const plugin = await find(ctx)
    const purge = ctx.request.input('purge') === '1'
    await uninstallPlugin({ kernel: pluginKernel, id: plugin.id, purge, by: actorOf(ctx) })
    ctx.session.flash('done', {
      key: purge ? 'plugins.flash.purged' : 'plugins.flash.uninstalled',
      data: { plugin: title(ctx, plugin) },
    })
    return ctx.response.redirect('/admin/plugins')
  }

  async saveSettings(ctx: HttpContext) {
    await authorize(ctx, 'plugins.manage')
    const plugin = await find(ctx)
    const { schema } = await settingsForm({ kernel: pluginKernel, plugin })
    const outcome = await saveSettings({
      kernel: pluginKernel,
      id: plugin.id,
      settings: readSchemaForm(schema ?? {}, ctx.request.input('settings'), {
        current: plugin.row?.settings ?? {},
      }),
      secrets: typedSecrets(plugin, ctx.request.input('secrets')),
      despite: ctx.request.input('despite') === '1',
      by: actorOf(ctx),
    }).catch((error: unknown) => {
      if (!(error instanceof ValuesRefusedError)) throw error
      const { problems, form } = error
      throw sayProblems({ problems, form, schema: schema ?? {}, i18n: ctx.i18n })
    })
    if (outcome.saved) return done(ctx, plugin, 'settings_saved')
    const detail = checkSentence(outcome.detail, locale(ctx), translate(ctx))
    throw new PluginError({
      code: 'E_PLUGIN_SETTINGS',
      pluginId: plugin.id,
      operation: 'save_settings',
      detail,
    })
  }

  async page(ctx: HttpContext) {
    const plugin = await find(ctx)
    const page = await readPluginPage({
      kernel: pluginKernel,
      id: plugin.id,
      page: String(ctx.params.page),
      query: strings(plainQuery(ctx)),
    })
    return renderPage(ctx, 'admin/plugins/page', {
      plugin: view(ctx, plugin),
      title: page.title[locale(ctx)],
      blocks: blocksView(page.blocks, locale(ctx)),
    })
  }
}

async function find(ctx: HttpContext): Promise<PluginOverview> {
  return pluginOverview(await pluginKernel.find(String(ctx.params.id)))
}

function done(ctx: HttpContext, plugin: PluginOverview, what: string) {
  ctx.session.flash('done', { key: `plugins.flash.${what}`, data: { plugin: title(ctx, plugin) } })
  return ctx.response.redirect(`/admin/plugins/${plugin.id}`)
}

/** An empty field keeps the secret that is stored */
function typedSecrets(plugin: PluginOverview, input: unknown): Record<string, string> {
  const sent = (typeof input === 'object' && input !== null ? input : {}) as Record<string, unknown>
  return Object.fromEntries(
    plugin.secrets.flatMap(({ name }) =>
      typeof sent[name] === 'string' && sent[name] !== '' ? [[name, sent[name]]] : []
    )
  )
}

const locale = (ctx: HttpContext): Locale => (ctx.i18n.locale === 'en' ? 'en' : 'fr')
const translate = (ctx: HttpContext) => (key: string, data?: Readonly<Record<string, unknown>>) =>
  ctx.i18n.t(key, data)
const view = (ctx: HttpContext, plugin: PluginOverview) =>
  pluginView(plugin, locale(ctx), translate(ctx))
const title = (ctx: HttpContext, plugin: PluginOverview) =>
  plugin.found?.manifest?.title[locale(ctx)] ?? plugin.id
const strings = (values: Record<string, unknown>) =>
  Object.fromEntries(
    Object.entries(values).flatMap(([key, value]) =>
      typeof value === 'string' ? [[key, value]] : []
    )
  )
