import type { Schema } from '@griot/sdk'
import { errors } from '@vinejs/vine'
import type { FieldProblem } from '#core/http/forms/say_problems'

export type Validated =
  | { readonly valid: true; readonly values: Readonly<Record<string, unknown>> }
  | { readonly valid: false; readonly problems: readonly FieldProblem[] }

type Reported = Omit<FieldProblem, 'meta'> & { readonly meta?: Readonly<Record<string, unknown>> }

/** The sentence as the rule was written with: it is filled in where it is shown */
const AS_WRITTEN = { getMessage: (written: string) => written }

/**
 * Holds values against a schema of a plugin. What is wrong with them is an answer, and can cross to another process.
 *
 * @returns the values as the plugin's functions expect them, or what is wrong with them
 */
export async function validated(schema: Schema, values: unknown): Promise<Validated> {
  try {
    const given = (await schema.validate(values, { messagesProvider: AS_WRITTEN })) as Record<
      string,
      unknown
    >
    return { valid: true, values: given }
  } catch (error) {
    if (!(error instanceof errors.E_VALIDATION_ERROR)) throw error
    return {
      valid: false,
      problems: (error.messages as readonly Reported[]).map((one) => ({
        field: one.field,
        rule: one.rule,
        message: one.message,
        meta: plain(one.meta ?? {}),
      })),
    }
  }
}

/** Only what a sentence can hold: a rule of a plugin may put anything there */
function plain(meta: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(meta).filter(
      ([, value]) => ['string', 'number', 'boolean'].includes(typeof value) || isList(value)
    )
  )
}

const isList = (value: unknown): boolean =>
  Array.isArray(value) &&
  value.every((item) => ['string', 'number', 'boolean'].includes(typeof item))
