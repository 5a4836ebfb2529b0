import { UnknownClassifierError } from '../errors.js'
import { classifier1 } from './classifier_1.js'
import type { Classifier } from './signals.js'

/** Every version that was ever used stays here, so that the past can be classified as it was */
const CLASSIFIERS: readonly Classifier[] = [classifier1]

/** The version that classifies what comes in */
export const currentClassifier: Classifier = classifier1

/**
 * The rules of one version.
 *
 * @throws UnknownClassifierError naming the versions that there are
 */
export function classifierOf(version: number): Classifier {
  const found = CLASSIFIERS.find((one) => one.version === version)
  if (!found)
    throw new UnknownClassifierError({ version, known: CLASSIFIERS.map((one) => one.version) })
  return found
}
