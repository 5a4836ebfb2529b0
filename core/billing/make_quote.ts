import { createHash } from 'node:crypto'
import type { AudienceFacts, Estimate, Text } from '@griot/sdk'
import type { QueryClientContract } from '@adonisjs/lucid/types/database'
import { sql } from '#core/database/sql'
import { openRateBook } from './rate_book.js'
import { priceEstimate, type QuoteLine } from './price_estimate.js'

/** Minutes for which a quote can be paid */
const QUOTE_MINUTES = 60

export type Quote = {
  readonly id: string
  readonly currency: string
  readonly minimum: bigint
  readonly expected: bigint
  readonly maximum: bigint
  readonly lines: readonly QuoteLine[]
  readonly unitPrices: Readonly<Record<string, string>>
  readonly audience: number
  readonly reachable: number
  readonly excluded: Readonly<Record<string, number>>
  readonly assumptions: readonly Text[]
  readonly briefHash: string
  readonly audienceHash: string
  readonly expiresAt: Date
}

type QuoteRow = {
  id: string
  currency: string
  minimum: bigint
  expected: bigint
  maximum: bigint
  lines: QuoteLine[]
  unit_prices: Record<string, string>
  audience: number
  reachable: number
  excluded: Record<string, number>
  assumptions: Text[]
  brief_hash: string
  audience_hash: string
  expires_at: Date
}

/** A short fingerprint of a brief: a quote for another brief is stale */
export function hashBrief(brief: unknown): string {
  return createHash('sha256').update(JSON.stringify(brief)).digest('hex').slice(0, 32)
}

/**
 * Writes an immutable quote: estimator × rate card, with an expiry. A launch cites one.
 *
 * @throws PriceMissingError when a unit has no price in the account's currency
 */
export async function makeQuote(o: {
  accountId: string
  campaignId: string
  serviceId: string
  currency: string
  brief: unknown
  estimate: Estimate
  audience: {
    total: number
    facts: AudienceFacts
    excluded: Readonly<Record<string, number>>
    hash: string
  }
  userId: string | null
  now: Date
  trx: QueryClientContract
}): Promise<Quote> {
  const rates = await openRateBook({
    serviceId: o.serviceId,
    currency: o.currency,
    at: o.now,
    trx: o.trx,
  })
  const priced = priceEstimate({ estimate: o.estimate, rates, currency: o.currency })
  const [row] = await sql<QuoteRow>(
    `insert into quotes (account_id, campaign_id, currency, minimum, expected, maximum, lines,
      unit_prices, audience, reachable,
                         excluded, assumptions, brief_hash, audience_hash, created_by, created_at,
                           expires_at)
     values ($1, $2, $3, $4, $5, $6, $7::jsonb, $8::jsonb, $9, $10, $11::jsonb, $12::jsonb, $13,
       $14, $15, $16::timestamptz, $16::timestamptz + $17 * interval '1 minute')
     returning *`,
    [
      o.accountId,
      o.campaignId,
      o.currency,
      priced.minimum.toString(),
      priced.expected.toString(),
      priced.maximum.toString(),
      JSON.stringify(priced.lines),
      JSON.stringify(priced.unitPrices),
      o.audience.total,
      o.audience.facts.total,
      JSON.stringify(o.audience.excluded),
      JSON.stringify(o.estimate.assumptions ?? []),
      hashBrief(o.brief),
      o.audience.hash,
      o.userId,
      o.now.toISOString(),
      QUOTE_MINUTES,
    ],
    o.trx
  )
  return toQuote(row)
}

/** Reads a quote of an account; null when there is none */
export async function findQuote(o: {
  accountId: string
  quoteId: string
  trx?: QueryClientContract
}): Promise<Quote | null> {
  const [row] = await sql<QuoteRow>(
    'select * from quotes where account_id = $1::uuid and id = $2::uuid',
    [o.accountId, o.quoteId],
    o.trx
  )
  return row ? toQuote(row) : null
}

function toQuote(row: QuoteRow): Quote {
  return {
    id: row.id,
    currency: row.currency,
    minimum: row.minimum,
    expected: row.expected,
    maximum: row.maximum,
    lines: row.lines,
    unitPrices: row.unit_prices,
    audience: row.audience,
    reachable: row.reachable,
    excluded: row.excluded,
    assumptions: row.assumptions,
    briefHash: row.brief_hash,
    audienceHash: row.audience_hash,
    expiresAt: row.expires_at,
  }
}
