import type { HttpContext } from '@adonisjs/core/http'

/**
 * Under a key of its own: the framework's own `input` is spread over the flash messages, where a field named `done` would
 * become a message.
 */
export const KEPT_INPUT = 'form_input'

/** Never put back on a page nor into a session */
const SECRET = /^_|pass|secret|token|api_?key|private|otp|pin$|cvv|card/i

/**
 * Characters of one form that are kept: a session is a row, strangers have one too, and long texts are kept in the browser
 */
const ROOM = 6_000
/** In a session: a form that was sent after its person's session had ended */
const LOST_FORM = 'lost_form'
/** Milliseconds for which it waits for a sign-in: whoever signs in later is perhaps somebody else */
const LOST_FOR_MS = 30 * 60_000

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

/** The form that this request was led back with waits until its person has signed in. @returns false when there is none */
export function keepForSignIn(ctx: HttpContext): boolean {
  const input: unknown = ctx.session.flashMessages.get(KEPT_INPUT)
  if (!isRecord(input)) return false
  ctx.session.put(LOST_FORM, { input, until: ctx.now.getTime() + LOST_FOR_MS })
  return true
}

/** Gives the next page, which is the form's, what was typed before the sign-in. @returns false when nothing waited */
export function giveFormBack(ctx: HttpContext): boolean {
  const lost: unknown = ctx.session.pull(LOST_FORM)
  if (!isRecord(lost) || !isRecord(lost.input) || Number(lost.until) < ctx.now.getTime())
    return false
  ctx.session.flash(KEPT_INPUT, lost.input)
  return true
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
