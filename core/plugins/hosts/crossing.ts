/** How data crosses between the kernel and a plugin in the same process */
export type Crossing =
  /** As it is: nothing is copied */
  | 'by_reference'
  /** Really copied, and frozen, as if the plugin were in another process. For tests: what cannot cross is found here */
  | 'cloned'

/**
 * Takes a value over to the other side.
 *
 * @throws DataCloneError when it holds what cannot cross: a function, a class with private parts, a stream
 */
export function cross<T>(value: T, crossing: Crossing): T {
  return crossing === 'cloned' ? frozen(structuredClone(value)) : value
}

function frozen<T>(value: T): T {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return value
  for (const part of Object.values(value)) frozen(part)
  return Object.freeze(value)
}
