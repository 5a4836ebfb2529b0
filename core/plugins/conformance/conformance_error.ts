/** Codes are public and never change their meaning */
export type ConformanceCode =
  | 'C_MANIFEST'
  | 'C_INCOMPATIBLE'
  | 'C_IMPORT'
  | 'C_PLAIN'
  | 'C_MISMATCH'
  | 'C_IMPURE'
  | 'C_FIELD_UNKNOWN'
  | 'C_FIELD_BOOLEAN'
  | 'C_FIELD_TITLE'
  | 'C_FIELD_SECRET'
  | 'C_CHANNEL'
  | 'C_SAMPLE'
  | 'C_ESTIMATE_SHAPE'
  | 'C_ESTIMATE_REPEAT'
  | 'C_ESTIMATE_ZERO'
  | 'C_ESTIMATE_MONOTONE'
  | 'C_ESTIMATE_ORDER'
  | 'C_ESTIMATE_SLOW'
  | 'C_PLAN'

/** A plugin breaks a rule of the contract; the message says which, where, and what to do */
export class ConformanceError extends Error {
  constructor(
    readonly code: ConformanceCode,
    message: string
  ) {
    super(`${code}: ${message}`)
  }
}
