import vine from '@vinejs/vine'
import { UNCERTAIN_DECISIONS } from '#core/runs/deliveries/decide_deliveries'

const LARGEST = 2_147_483_647
const whole = () => vine.number().withoutDecimals().min(0).max(LARGEST)
/** What one page names */
const seqs = () => vine.array(whole()).maxLength(50).optional()

export const uncertainPageForm = vine.create({
  run: whole().optional(),
  after: whole().optional(),
  before: whole().optional(),
})

/** What somebody is about to decide, before they confirm it */
export const uncertainChoiceForm = vine.create({
  run: whole(),
  decision: vine.enum([...UNCERTAIN_DECISIONS, 'relaunch'] as const),
  all: vine.literal('1').optional(),
  seqs: seqs(),
})

/** `count` is the number that they confirmed */
export const settleForm = vine.create({
  run: whole(),
  decision: vine.enum(UNCERTAIN_DECISIONS),
  all: vine.literal('1').optional(),
  seqs: seqs(),
  count: whole(),
  why: vine.string().trim().maxLength(300).nullable().optional(),
})

export const relaunchForm = vine.create({
  run: whole(),
  all: vine.literal('1').optional(),
  seqs: seqs(),
  why: vine.string().trim().maxLength(300).nullable().optional(),
})
