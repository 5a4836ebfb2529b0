/** Somebody asked for rules that were never written */
export class UnknownClassifierError extends Error {
  static code = 'E_CLASSIFIER_UNKNOWN'
  code = UnknownClassifierError.code

  constructor(o: { version: number; known: readonly number[] }) {
    super(`There is no classifier ${o.version}. Versions: ${o.known.join(', ')}`)
  }
}
