import { KernelError } from '#core/errors/kernel_error'

/** Somebody asked for rules that were never written */
export class UnknownClassifierError extends KernelError {
  static override status = 500
  static override code = 'E_CLASSIFIER_UNKNOWN'

  constructor(o: { version: number; known: readonly number[] }) {
    super(`There is no classifier ${o.version}. Versions: ${o.known.join(', ')}`)
  }
}
