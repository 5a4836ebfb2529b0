import type { PluginContext, RunInfo } from '@griot/sdk'
import type { Infer } from '@vinejs/vine/types'
import type { brief } from '../brief.js'
import { DkimSigner } from '../mime/dkim_signer.js'
import type { Mailbox } from '../mime/header_value.js'
import { MessageBuilder } from '../mime/message_builder.js'
import { readMailboxes } from '../mime/read_mailboxes.js'
import type { settings } from '../settings.js'
import { ConnectionPool } from './connection_pool.js'

export type Context = PluginContext<'tcp' | 'secrets', Infer<typeof settings>>
export type Run = RunInfo<Infer<typeof brief>>

/** What one worker keeps while it sends: open connections, the parsed signing key, memory for messages */
export type Link = {
  readonly pool: ConnectionPool
  readonly builder: MessageBuilder
}

/** What belongs to one run */
export type Session = Link & {
  readonly run: Run
  readonly from: string
  readonly replyTo: readonly Mailbox[]
  readonly domain: string
}

/**
 * Makes what all runs of a worker share. Connections are opened when they are first needed.
 *
 * @throws Error when a DKIM domain is set and its key is missing or wrong: unsigned mail would harm the sender
 */
export async function openLink(ctx: Context): Promise<Link> {
  const password = ctx.settings.user ? await ctx.secrets.get('password') : null
  return {
    pool: new ConnectionPool({ size: ctx.settings.connections, settings: ctx.settings, password }),
    builder: new MessageBuilder(await signerOf(ctx)),
  }
}

export async function openSession(ctx: Context, run: Run, link: Link): Promise<Session> {
  return {
    ...link,
    run,
    from: ctx.settings.from_address,
    replyTo: readMailboxes(run.brief.reply_to ?? ''),
    domain: ctx.settings.from_address.split('@')[1] ?? 'localhost',
  }
}

export async function closeLink(link: Link): Promise<void> {
  link.pool.close()
}

async function signerOf(ctx: Context): Promise<DkimSigner | null> {
  const { dkim_domain: domain, dkim_selector: selector } = ctx.settings
  if (!domain || !selector) return null
  const privateKey = await ctx.secrets.get('dkim_private_key')
  if (!privateKey) throw new Error('A DKIM domain is set but the secret dkim_private_key is not')
  return new DkimSigner({ domain, selector, privateKey })
}
