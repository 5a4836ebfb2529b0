import { KernelError } from '#core/errors/kernel_error'

/** The run ended before it could send again: nothing changed */
export class RunOverError extends KernelError {
  static override status = 409
  static override code = 'E_RUN_OVER'
  override translation = { key: 'campaigns.uncertain.errors.over' }
}
