import { SYSTEM } from '#core/database/actor'
import { sql } from '#core/database/sql'
import { setRate } from '#core/billing/set_rate'
import { enablePlugin } from '#core/plugins/lifecycle/enable_plugin'
import { installPlugin } from '#core/plugins/lifecycle/install_plugin'
import pluginKernel from '#core/plugins/main'

/** First prices, in micro-units: 2.5 F CFA for an e-mail. The operator changes them in the admin */
const FIRST_PRICES: Readonly<Record<string, bigint>> = { 'email.message': 2_500_000n }

/**
 * Makes an installation usable: installs and enables the bundled plugins, and publishes a service with a first price for
 * each of their channels. What an admin has touched is left alone.
 */
export async function seedInstallation(): Promise<void> {
  await pluginKernel.boot()
  for (const plugin of await pluginKernel.survey()) {
    /** A stranger's plugin waits for an admin to read what it may do */
    if (plugin.status === 'discovered' && plugin.found?.bundled) {
      await installPlugin({ kernel: pluginKernel, id: plugin.id, granted: 'all', by: SYSTEM })
      await pointAtSimulators(plugin.id)
      await enablePlugin({ kernel: pluginKernel, id: plugin.id, by: SYSTEM })
    }
  }
  await pluginKernel.refresh()

  for (const { channelId, pluginId, channel } of pluginKernel.channels()) {
    const [service] = await sql<{ id: string }>(
      `insert into services (channel, plugin_id, slug, title, description, status) values ($1, $2, $1, $3::jsonb, $4::jsonb, 'published')
       on conflict (slug) do nothing returning id`,
      [channelId, pluginId, JSON.stringify(channel.title), JSON.stringify(channel.description)]
    )
    if (!service) continue
    for (const unit of Object.keys(channel.units)) {
      const price = FIRST_PRICES[unit]
      if (price === undefined) continue
      for (const currency of ['XOF', 'XAF'])
        await setRate({ serviceId: service.id, currency, unit, priceMicro: price })
    }
  }
}

/** In the Sandbox a plugin begins with settings that lead to its simulator; elsewhere an admin enters real ones */
async function pointAtSimulators(pluginId: string): Promise<void> {
  if (process.env.SANDBOX !== 'true') return
  const { sandboxSettings } = await import('#core/plugins/sandbox/sandbox_settings')
  const settings = await sandboxSettings(pluginId)
  if (!settings) return
  await sql(
    `update plugins set settings = $2::jsonb, settings_source = 'sandbox' where id = $1 and settings_source <> 'admin'`,
    [pluginId, JSON.stringify(settings)]
  )
}
