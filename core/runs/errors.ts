import { Exception } from '@adonisjs/core/exceptions'

/** The run ended before it could send again: nothing changed */
export class RunOverError extends Exception {
  static override status = 409
  static override code = 'E_RUN_OVER'
  translation = { key: 'campaigns.uncertain.errors.over' }
}
