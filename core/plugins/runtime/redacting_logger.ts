import type { PluginLogger } from '@griot/sdk'
import type { KernelLogger } from './kernel_options.js'

/**
 * Logger of a plugin: every line carries its id, and no line carries the value of one of its secrets, wherever in
 * the fields or in the message it stands.
 *
 * @param o.secrets values known so far; read at each line, since secrets are fetched late
 */
export function redactingLogger(o: {
  logger: KernelLogger
  pluginId: string
  secrets: () => readonly string[]
}): PluginLogger {
  const line =
    (level: 'info' | 'warn' | 'error') =>
    (fields: Readonly<Record<string, unknown>>, message: string) => {
      const secrets = o.secrets().filter((value) => value.length >= 4)
      o.logger[level](
        { plugin: o.pluginId, ...(redacted(fields, secrets, 0) as object) },
        redactedText(String(message), secrets)
      )
    }
  return Object.freeze({ info: line('info'), warn: line('warn'), error: line('error') })
}

/** Text without secrets */
export function redactedText(text: string, secrets: readonly string[]): string {
  return secrets.reduce((clean, secret) => clean.replaceAll(secret, '•••'), text)
}

function redacted(value: unknown, secrets: readonly string[], depth: number): unknown {
  if (typeof value === 'string') return redactedText(value, secrets)
  if (typeof value !== 'object' || value === null) return value
  if (depth > 5) return '…'
  if (value instanceof Error)
    return {
      message: redactedText(value.message, secrets),
      stack: redactedText(value.stack ?? '', secrets),
    }
  if (value instanceof Date) return value
  if (value instanceof Uint8Array) return `${value.byteLength} bytes`
  if (Array.isArray(value)) return value.map((item) => redacted(item, secrets, depth + 1))
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [
      redactedText(key, secrets),
      redacted(item, secrets, depth + 1),
    ])
  )
}
