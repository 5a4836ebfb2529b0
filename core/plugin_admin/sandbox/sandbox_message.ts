import PostalMime from 'postal-mime'
import { sql } from '#core/database/sql'
import type { SandboxMessage } from './sandbox_messages.js'

export type ParsedMail = {
  readonly headers: readonly { readonly name: string; readonly value: string }[]
  readonly text: string | null
  readonly html: string | null
  readonly attachments: readonly {
    readonly name: string
    readonly type: string
    readonly bytes: number
  }[]
}

export type WholeMessage = Omit<SandboxMessage, 'whole'> & {
  readonly body: Readonly<Record<string, unknown>>
  readonly raw: Buffer | null
}

/** One message as it was received; null when it is not there any more */
export async function sandboxMessage(id: string): Promise<WholeMessage | null> {
  const [row] = await sql<WholeMessage>(
    `select id, plugin_id, simulator, recipient, sender, title, body, raw, received_at
      from sandbox_messages where id = $1::uuid`,
    [id]
  )
  return row ?? null
}

/** Reads a raw mail. One that cannot be read has no parts, and is still there to download */
export async function parseMail(raw: Uint8Array): Promise<ParsedMail> {
  try {
    const mail = await PostalMime.parse(raw)
    return {
      headers: mail.headers.map(({ originalKey, key, value }) => ({
        name: originalKey ?? key,
        value,
      })),
      text: mail.text ?? null,
      html: mail.html ?? null,
      attachments: mail.attachments.map((one) => ({
        name: one.filename ?? '',
        type: one.mimeType,
        bytes: typeof one.content === 'string' ? one.content.length : one.content.byteLength,
      })),
    }
  } catch {
    return { headers: [], text: null, html: null, attachments: [] }
  }
}
