import type { HttpContext } from '@adonisjs/core/http'

/**
 * Under a key of its own: the framework's own `input` is spread over the flash messages, where a field named `done` would
 * become a message.
 */
export const KEPT_INPUT = 'form_input'

/** Never put back on a page nor into a session */
const SECRET = /^_|pass|secret|token|api_?key|private|otp|pin$|cvv|card/i

/**
 * A session in a cookie has room for 4 kB once encrypted. A longer text is dropped rather than the whole session.
 */
const ROOM = 2200

/**
 * Keeps what was typed for the form that the person is sent back to, without secrets.
 */
export function keepInput(ctx: HttpContext): void {
  const input = withoutSecrets(ctx.request.original())
  const kept: Record<string, unknown> = {}
  let size = 0

  /*
  | The shortest first: a long text never costs the other fields
  */
  const entries = Object.entries(input)
    .map(([key, value]) => ({ key, value, length: JSON.stringify(value)?.length ?? 0 }))
    .sort((a, b) => a.length - b.length)

  for (const { key, value, length } of entries) {
    size += key.length + length
    if (size > ROOM) break
    kept[key] = value
  }
  ctx.session.flash(KEPT_INPUT, kept)
}

function withoutSecrets(value: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => !SECRET.test(key))
      .map(([key, item]) => [key, isRecord(item) ? withoutSecrets(item) : item])
  )
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
