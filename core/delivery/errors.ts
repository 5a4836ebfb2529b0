import { KernelError, type Sentence } from '#core/errors/kernel_error'

/** The sums of a run do not close. Nothing is sent and nobody is charged until a person has looked */
export class RunArithmeticError extends KernelError {
  static override status = 500
  static override code = 'E_RUN_ARITHMETIC'

  constructor(o: { runId: number; audience: number; rows: number; when: string }) {
    super(`Run ${o.runId}: audience ${o.audience} but ${o.rows} deliveries, ${o.when}`)
  }
}

/** A form names a plugin that sends nothing here */
export class PluginUnknownError extends KernelError {
  static override status = 422
  static override code = 'E_ENGINE_PLUGIN_UNKNOWN'
  override readonly translation: Sentence = { key: 'campaigns.engine.errors.plugin' }
  override readonly field = 'plugin'

  constructor(pluginId: string) {
    super(`No enabled plugin ${pluginId} sends messages`)
  }
}

/** What somebody decided about is not what there is any more */
export class UncertainChangedError extends KernelError {
  static override status = 409
  static override code = 'E_UNCERTAIN_CHANGED'
  override readonly translation: Sentence

  constructor(o: { expected: number; found: number }) {
    super(`${o.found} deliveries are meant by now, not ${o.expected}`)
    this.translation = { key: 'campaigns.uncertain.errors.changed', data: o }
  }
}

/** A run that goes on sends again by itself: a new campaign would write to the same people beside it */
export class RunLiveError extends KernelError {
  static override status = 409
  static override code = 'E_RUN_LIVE'
  override readonly translation: Sentence = { key: 'campaigns.uncertain.errors.live' }
}

/** None of the contacts is there any more, or all were written to anew already */
export class NobodyToRelaunchError extends KernelError {
  static override status = 422
  static override code = 'E_NOBODY_TO_RELAUNCH'
  override readonly translation: Sentence = { key: 'campaigns.uncertain.errors.nobody' }
}

/** A plugin reports units that the quote has no price for */
export class UnitsUnpricedError extends KernelError {
  static override status = 500
  static override code = 'E_UNITS_UNPRICED'

  constructor(o: { runId: number; units: readonly string[] }) {
    super(`Run ${o.runId}: the quote has no price for ${o.units.join(', ')}`)
  }
}
