import type { AudienceFacts, Estimate } from '@griot/sdk'
import type { ChannelDescription } from '../hosts/description.js'
import type { ArgsOf, CallName, ResultOf } from '../hosts/calls.js'
import { InProcessHost } from '../hosts/in_process_host.js'
import { PluginError } from '../errors.js'
import type { PluginUnderTest } from './check_manifest.js'
import { ConformanceError, type ConformanceCode } from './conformance_error.js'
import { sampleValues } from './sample_values.js'

const SIZES = [0, 1, 2, 10, 999, 100_000, 1_000_000]
const LIMIT_MS = 1_000
const silent = { info: () => undefined, warn: () => undefined, error: () => undefined }

/**
 * Estimators: whole numbers in order, the same answer to the same question, nothing for nobody (messaging), never less
 * for more people, and a million recipients within a second. Plans of media channels: pure, with keys of their own.
 *
 * @param o.briefs a brief for each channel whose schema cannot be guessed at
 * @throws C_ESTIMATE_*, C_PLAN, C_SAMPLE
 */
export async function checkEstimators(
  plugin: PluginUnderTest,
  o: { briefs?: Readonly<Record<string, unknown>>; settings?: unknown } = {}
): Promise<void> {
  const settings = (await sampleValues({
    schema: plugin.definition.settings,
    given: o.settings,
    what: 'settings',
  })) as Record<string, unknown>
  const ask = pureCalls(plugin, settings)
  for (const [id, channel] of Object.entries(plugin.description.channels)) {
    const brief = (await sampleValues({
      schema: plugin.definition.channels[id].brief,
      given: o.briefs?.[id],
      what: `${id}.brief`,
    })) as Record<string, unknown>
    await checkEstimator(id, channel, (audience) =>
      ask('C_ESTIMATE_SHAPE', `channels.${id}.estimator`, { brief, audience })
    )
    if (channel.kind !== 'media') continue
    const run = { id: 1, campaignId: 'c', accountId: 'a', accountName: 'A', brief, locale: 'fr' }
    const first = await ask('C_PLAN', `channels.${id}.plan`, { run })
    const second = await ask('C_PLAN', `channels.${id}.plan`, { run })
    if (JSON.stringify(first) !== JSON.stringify(second))
      throw new ConformanceError('C_PLAN', `${id}: plan gives another answer to the same question`)
    const keys = first?.map(({ key }) => key) ?? []
    if (keys.length === 0 || new Set(keys).size !== keys.length)
      throw new ConformanceError(
        'C_PLAN',
        `${id}: plan must give at least one step, each with a key of its own (${keys.join(', ')})`
      )
  }
}

async function checkEstimator(
  id: string,
  channel: ChannelDescription,
  estimate: (audience: AudienceFacts) => Promise<Estimate>
): Promise<void> {
  const wrong = (code: ConformanceCode, message: string) =>
    new ConformanceError(code, `${id}: ${message}`)
  let before: Record<string, { minimum: number; expected: number; maximum: number }> = {}
  for (const total of SIZES) {
    const started = performance.now()
    const answer = shaped(id, channel, await estimate(audienceOf(total)))
    const took = performance.now() - started
    if (took > LIMIT_MS)
      throw wrong(
        'C_ESTIMATE_SLOW',
        `${total} recipients take ${Math.round(took)} ms; ${LIMIT_MS} at most. Count with the groups, not with people`
      )
    for (let again = 0; again < 2; again++) {
      if (JSON.stringify(await estimate(audienceOf(total))) !== JSON.stringify(answer))
        throw wrong(
          'C_ESTIMATE_REPEAT',
          'the same question gets another answer. Use neither time nor chance'
        )
    }

    const sums = sumByUnit(answer)
    for (const [unit, sum] of Object.entries(sums)) {
      if (total === 0 && channel.kind === 'messaging' && sum.maximum > 0)
        throw wrong('C_ESTIMATE_ZERO', `nobody is to be reached and ${unit} is ${sum.maximum}`)
      const less = (['minimum', 'expected', 'maximum'] as const).find(
        (figure) => sum[figure] < (before[unit]?.[figure] ?? 0)
      )
      if (less)
        throw wrong(
          'C_ESTIMATE_MONOTONE',
          `${unit}: ${less} falls to ${sum[less]} when the audience grows to ${total}`
        )
    }
    before = sums
  }
}

function shaped(id: string, channel: ChannelDescription, answer: Estimate): Estimate {
  const wrong = (code: ConformanceCode, message: string) =>
    new ConformanceError(code, `${id}: ${message}`)
  if (!Array.isArray(answer?.quantities))
    throw wrong('C_ESTIMATE_SHAPE', 'the estimator must return { quantities: […] }')
  for (const quantity of answer.quantities) {
    if (!(quantity.unit in channel.units))
      throw wrong(
        'C_ESTIMATE_SHAPE',
        `the unit "${quantity.unit}" is not among the channel's units`
      )
    for (const figure of [quantity.minimum, quantity.expected, quantity.maximum]) {
      if (!Number.isSafeInteger(figure) || figure < 0)
        throw wrong(
          'C_ESTIMATE_SHAPE',
          `${quantity.unit}: ${figure} is not a whole number from 0 on`
        )
    }
    if (!quantity.because?.fr || !quantity.because.en)
      throw wrong(
        'C_ESTIMATE_SHAPE',
        `${quantity.unit}: "because" needs French and English: it stands on the quote`
      )
    if (quantity.minimum > quantity.expected || quantity.expected > quantity.maximum) {
      throw wrong(
        'C_ESTIMATE_ORDER',
        `${quantity.unit}: minimum ${quantity.minimum}, expected ${quantity.expected} and maximum ${quantity.maximum} are not in order`
      )
    }
  }
  return answer
}

function sumByUnit(answer: Estimate) {
  const sums: Record<string, { minimum: number; expected: number; maximum: number }> = {}
  for (const { unit, minimum, expected, maximum } of answer.quantities) {
    const sum = (sums[unit] ??= { minimum: 0, expected: 0, maximum: 0 })
    sum.minimum += minimum
    sum.expected += expected
    sum.maximum += maximum
  }
  return sums
}

/** Known and unknown countries and prefixes, in fixed shares, so that every group grows with the whole */
function audienceOf(total: number): AudienceFacts {
  const shares = [
    { country: 'CI', prefix: '22507', share: 0.5 },
    { country: 'SN', prefix: '22177', share: 0.3 },
    { country: '', prefix: '', share: 0.2 },
  ]
  let left = total
  const groups = shares.map(({ share, ...group }, index) => {
    const count = index === shares.length - 1 ? left : Math.floor(total * share)
    left -= count
    return { ...group, count }
  })
  return { total, groups: groups.filter(({ count }) => count > 0) }
}

/** As the kernel makes pure calls: without any capability, and as if the plugin were in another process */
function pureCalls(plugin: PluginUnderTest, settings: Record<string, unknown>) {
  const { signal } = new AbortController()
  const host = new InProcessHost({
    definition: plugin.definition,
    description: plugin.description,
    plugin: {
      id: plugin.manifest.id,
      version: '0.0.0',
      settings,
      services: {},
      knownSecrets: () => [],
    },
    options: { logger: silent, clock: { now: () => new Date(0) }, crossing: 'cloned' },
    stop: signal,
  })
  return async <N extends CallName>(
    code: ConformanceCode,
    call: N,
    args: ArgsOf<N>
  ): Promise<ResultOf<N>> => {
    try {
      return await host.call(call, args, { signal })
    } catch (error) {
      if (!(error instanceof PluginError)) throw error
      throw new ConformanceError(code, error.message)
    }
  }
}
