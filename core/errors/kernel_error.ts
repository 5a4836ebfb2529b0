import { format } from 'node:util'
import { Exception } from '@adonisjs/core/exceptions'

/** What a person reads: a key of resources/lang, which has it in each language, and the values that stand in it */
export type Sentence = {
  readonly key: string
  readonly data?: Readonly<Record<string, unknown>>
}

/**
 * What every error of the kernel is. The code is for logs, programs and tests (`static code`), the status for HTTP (`static
 * status`), the message for whoever reads the log, the translation for the person who caused it: an error without one is shown
 * as the page of its status.
 */
export class KernelError extends Exception {
  declare translation?: Sentence
  /** The input that the sentence is about: it stands there when the form comes back */
  declare field?: string
  /** Shown as a page of its own, not at the form */
  declare asPage?: boolean
}

/** The sentence of whatever was thrown; undefined when it has none for a person */
export function sentenceOf(error: unknown): Sentence | undefined {
  return error instanceof KernelError ? error.translation : undefined
}

/**
 * A kind of error for developers and operators alone, which needs no sentence.
 *
 * @param message with the places of `util.format`: `%s`, `%d`
 * @param code `E_NOUN_CAUSE`
 * @param status of the answer to a request that meets it
 */
export function errorKind<Values extends readonly (string | number)[] = []>(
  message: string,
  code: string,
  status: number
) {
  return class extends KernelError {
    static override readonly code = code
    static override readonly status = status

    constructor(values: Values, options?: ErrorOptions) {
      super(format(message, ...values), options)
    }
  }
}
