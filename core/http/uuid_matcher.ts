import { UUID_PATTERN } from '#core/database/uuid'

/** What an id in an address looks like. The framework's own matcher takes letters that are no digits, and Postgres does not */
export const UUID = {
  match: UUID_PATTERN,
  cast: (value: string) => value.toLowerCase(),
} as const
