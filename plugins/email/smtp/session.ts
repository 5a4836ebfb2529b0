import type { PluginContext, RunInfo } from '@griot/sdk'
import type { Infer } from '@vinejs/vine/types'
import type { brief } from '../brief.js'
import { DkimSigner } from '../mime/dkim_signer.js'
import { MessageBuilder } from '../mime/message_builder.js'
import type { settings } from '../settings.js'
import { ConnectionPool } from './connection_pool.js'

export type Context = PluginContext<'tcp' | 'secrets', Infer<typeof settings>>
export type Run = RunInfo<Infer<typeof brief>>

/** What one worker keeps for one run: open connections and the parsed signing key */
export type Session = {
  readonly run: Run
  readonly pool: ConnectionPool
  readonly builder: MessageBuilder
  readonly from: string
  readonly replyTo: string | null
  readonly domain: string
}

/**
 * Opens a session. Connections are opened when they are first needed.
 *
 * @throws Error when a DKIM domain is set and its key is missing or wrong: unsigned mail would harm the sender
 */
export async function openSession(ctx: Context, run: Run): Promise<Session> {
  const password = ctx.settings.user ? await ctx.secrets.get('password') : null
  return {
    run,
    pool: new ConnectionPool({ size: ctx.settings.connections, settings: ctx.settings, password }),
    builder: new MessageBuilder(await signerOf(ctx)),
    from: ctx.settings.from_address,
    replyTo: run.brief.reply_to ?? null,
    domain: ctx.settings.from_address.split('@')[1] ?? 'localhost',
  }
}

export async function closeSession(session: Session): Promise<void> {
  session.pool.close()
}

async function signerOf(ctx: Context): Promise<DkimSigner | null> {
  const { dkim_domain: domain, dkim_selector: selector } = ctx.settings
  if (!domain || !selector) return null
  const privateKey = await ctx.secrets.get('dkim_private_key')
  if (!privateKey) throw new Error('A DKIM domain is set but the secret dkim_private_key is not')
  return new DkimSigner({ domain, selector, privateKey })
}
