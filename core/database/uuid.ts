/** A UUID as Postgres reads it (RFC 9562 §4): digits of base 16 in five groups */
export const UUID_PATTERN = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

/** Whether a text from outside can be asked for as an id: what is none would be an error of Postgres, not a "not found" */
export function isUuid(value: unknown): value is string {
  return typeof value === 'string' && UUID_PATTERN.test(value)
}
