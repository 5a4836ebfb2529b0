import type { Text } from '@griot/sdk'
import { connect } from './connection_pool.js'
import type { Context } from './session.js'

/** Proves that the relay answers and lets us in. Sends nothing */
export async function checkRelay(ctx: Context): Promise<{ ok: boolean; detail: Text }> {
  const { host, port } = ctx.settings
  try {
    const password = ctx.settings.user ? await ctx.secrets.get('password') : null
    const connection = await connect(ctx.tcp, { settings: ctx.settings, password })
    connection.quit()
    return { ok: true, detail: { fr: `${host}:${port} répond.`, en: `${host}:${port} answers.` } }
  } catch (error) {
    const why = (error as Error).message
    return {
      ok: false,
      detail: {
        fr: `${host}:${port} ne répond pas comme attendu : ${why}`,
        en: `${host}:${port} does not answer as expected: ${why}`,
      },
    }
  }
}
