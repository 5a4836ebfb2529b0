import type {
  AnswerFact,
  Fact,
  FactSubject,
  MessageFact,
  NoticeFact,
  ReceiptFact,
  ReceiptKind,
} from '@griot/sdk'
import { normaliseAddress } from '#core/audience/addresses/normalise_address'
import { COMMON_FIELDS } from '#core/audience/contacts/contact_field_names'
import { AddressInvalidError } from '#core/audience/errors'
import { PluginError } from '#core/plugins/errors'

/** Facts in one report */
const MOST = 1_000
/** Characters of an id or a key */
const LONGEST = 200
/** Characters of a message that count */
const LONGEST_TEXT = 10_000
/** Characters of an answer that count */
const LONGEST_VALUE = 1_000
/** Name of a contact's field: it begins and ends with a letter or a figure */
const FIELD = /^[\p{L}\p{N}](?:[\p{L}\p{N}\p{M} _-]{0,58}[\p{L}\p{N}\p{M}])?$/u
/** They stand beside a contact's own fields when a message is rendered */
const COMMON: ReadonlySet<string> = new Set(COMMON_FIELDS)
/** Characters of a notice that count */
const LONGEST_NOTICE = 500
const LEVELS: ReadonlySet<unknown> = new Set<NoticeFact['level']>(['info', 'warning', 'blocked'])
/** Units of one channel */
const MOST_UNITS = 20
/** Milliseconds that the far side's clock may be ahead of ours: what is later counts as now */
const AHEAD_MS = 60_000

const RECEIPTS: ReadonlySet<unknown> = new Set<ReceiptKind>([
  'delivered',
  'failed',
  'read',
  'opened',
  'clicked',
  'replied',
  'answered',
  'ended',
  'complained',
  'unsubscribed',
])

/**
 * Holds what a plugin reports against the contract, and takes of each fact what the contract knows.
 *
 * @param o.facts as the plugin gave them: hostile until checked
 * @throws E_PLUGIN_WRONG_RESULT naming the first that is no fact, by its place in the list
 */
export function checkFacts(o: { pluginId: string; facts: unknown; now: Date }): Fact[] {
  const wrong = (detail: string) =>
    new PluginError({
      code: 'E_PLUGIN_WRONG_RESULT',
      pluginId: o.pluginId,
      operation: 'facts.report',
      detail,
    })
  if (!Array.isArray(o.facts)) throw wrong('report takes a list of facts')
  if (o.facts.length > MOST)
    throw wrong(`${o.facts.length} facts in one report; ${MOST} at most. Report in turns`)
  return o.facts.map((given: unknown, index) => {
    const problem = problemOf(given)
    if (problem !== null) throw wrong(`facts[${index}]: ${problem}`)
    return taken(given as Fact, o.now)
  })
}

type Given = Partial<
  Record<keyof ReceiptFact | keyof MessageFact | keyof AnswerFact | keyof NoticeFact, unknown>
>

function problemOf(given: unknown): string | null {
  const fact = (given ?? {}) as Given
  if (!isName(fact.id)) return `id must be 1 to ${LONGEST} characters`
  if (!(fact.at instanceof Date) || Number.isNaN(fact.at.getTime())) return 'at must be a Date'
  if (fact.endpoint !== undefined && !isName(fact.endpoint))
    return `endpoint must be 1 to ${LONGEST} characters`
  switch (fact.kind) {
    case 'receipt':
      return problemOfReceipt(fact)
    case 'message':
      return problemOfMessage(fact)
    case 'answer':
      return problemOfAnswer(fact)
    case 'notice':
      return problemOfNotice(fact)
    default:
      return `there is no kind "${String(fact.kind).slice(0, 40)}"`
  }
}

function problemOfReceipt(fact: Given): string | null {
  if (!RECEIPTS.has(fact.is)) return `a receipt cannot be "${String(fact.is).slice(0, 40)}"`
  if (!isSubject(fact.of)) return 'of must name a providerKey or a deliveryId'
  if (fact.units !== undefined && !areUnits(fact.units))
    return 'units must be whole numbers from 0 on, by the name of a unit'
  return null
}

function problemOfMessage(fact: Given): string | null {
  if (!isName(fact.from)) return `from must be an address of 1 to ${LONGEST} characters`
  if (typeof fact.text !== 'string') return 'text must be a text'
  if (fact.inReplyTo !== undefined && !isSubject(fact.inReplyTo))
    return 'inReplyTo must name a providerKey or a deliveryId'
  return null
}

function problemOfAnswer(fact: Given): string | null {
  if (!isName(fact.from)) return `from must be an address of 1 to ${LONGEST} characters`
  if (typeof fact.field !== 'string' || !FIELD.test(fact.field))
    return 'field must be letters, figures, spaces, _ and -, 60 characters at most'
  if (COMMON.has(fact.field.trim().toLowerCase()))
    return `field is "${fact.field}", which every contact has: an answer is a field of its own`
  if (typeof fact.value !== 'string') return 'value must be a text'
  if (fact.inReplyTo !== undefined && !isSubject(fact.inReplyTo))
    return 'inReplyTo must name a providerKey or a deliveryId'
  return null
}

function problemOfNotice(fact: Given): string | null {
  const { run } = (fact.about ?? {}) as { run?: unknown }
  if (!Number.isSafeInteger(run) || Number(run) < 1 || Number(run) >= 2 ** 31)
    return 'about must name a run'
  if (!LEVELS.has(fact.level)) return 'level must be info, warning or blocked'
  if (!isName(fact.code)) return `code must be 1 to ${LONGEST} characters`
  const { fr, en } = (fact.text ?? {}) as { fr?: unknown; en?: unknown }
  if (typeof fr !== 'string' || typeof en !== 'string' || fr === '' || en === '')
    return 'text must be in French and English'
  return null
}

function isSubject(given: unknown): boolean {
  const of = (given ?? {}) as { providerKey?: unknown; deliveryId?: unknown }
  return isName(of.providerKey) || isName(of.deliveryId)
}

function areUnits(units: unknown): boolean {
  return (
    typeof units === 'object' &&
    units !== null &&
    Object.keys(units).length <= MOST_UNITS &&
    Object.entries(units).every(
      ([unit, count]) => isName(unit) && Number.isSafeInteger(count) && Number(count) >= 0
    )
  )
}

/** Postgres takes neither NUL nor half of a character, and nobody's key has one */
function isName(value: unknown): value is string {
  return (
    typeof value === 'string' &&
    value.length > 0 &&
    value.length <= LONGEST &&
    !value.includes('\0') &&
    value.isWellFormed()
  )
}

function taken(fact: Fact, now: Date): Fact {
  const common = {
    id: fact.id,
    at: fact.at.getTime() > now.getTime() + AHEAD_MS ? now : fact.at,
    ...(fact.endpoint === undefined ? {} : { endpoint: fact.endpoint }),
  }
  if (fact.kind === 'notice')
    return {
      ...common,
      kind: 'notice',
      about: { run: fact.about.run },
      level: fact.level,
      code: fact.code,
      text: {
        fr: plainText(fact.text.fr, LONGEST_NOTICE),
        en: plainText(fact.text.en, LONGEST_NOTICE),
      },
    }
  if (fact.kind === 'message' || fact.kind === 'answer') {
    const who = {
      from: comparedAddress(fact.from),
      ...(fact.inReplyTo === undefined ? {} : { inReplyTo: subject(fact.inReplyTo) }),
    }
    return fact.kind === 'message'
      ? { ...common, ...who, kind: 'message', text: plainText(fact.text, LONGEST_TEXT) }
      : {
          ...common,
          ...who,
          kind: 'answer',
          field: fact.field.trim(),
          value: plainText(fact.value, LONGEST_VALUE),
        }
  }
  return {
    ...common,
    kind: 'receipt',
    of: subject(fact.of),
    is: fact.is,
    permanent: fact.permanent === true,
    ...(typeof fact.final === 'boolean' ? { final: fact.final } : {}),
    ...(fact.units === undefined ? {} : { units: { ...fact.units } }),
  }
}

function subject(of: FactSubject): FactSubject {
  const { providerKey, deliveryId } = of as { providerKey?: unknown; deliveryId?: unknown }
  return isName(providerKey) ? { providerKey } : { deliveryId: String(deliveryId) }
}

/** What somebody wrote, without what Postgres does not take */
function plainText(text: string, longest: number): string {
  return text.slice(0, longest).toWellFormed().replaceAll('\0', '')
}

/** As deliveries have it. What is no address of ours matches none */
function comparedAddress(from: string): string {
  try {
    return normaliseAddress(from)
  } catch (error) {
    if (!(error instanceof AddressInvalidError)) throw error
    return from.trim().toLowerCase()
  }
}
