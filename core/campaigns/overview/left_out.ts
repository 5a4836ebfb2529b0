/** Reasons for which contacts who could be reached were given up: neither their will nor a rule, so they are not *excluded* */
const GIVEN_UP: ReadonlySet<string> = new Set(['cancelled', 'deadline'])

export type ReasonCount = { readonly reason: string; readonly count: number }

/**
 * Tells those of a run who were excluded, by their will or by a rule, from those whom the run no longer reached: it was
 * cancelled, or its deadline passed.
 *
 * @param counted contacts by reason, as the run counts them: see `campaign_runs.exclusions`
 * @returns both by reason, most contacts first; reasons with nobody are left out
 */
export function leftOut(counted: Readonly<Record<string, number>>): {
  excluded: readonly ReasonCount[]
  unsent: readonly ReasonCount[]
} {
  const all = Object.entries(counted)
    .map(([reason, count]) => ({ reason, count }))
    .filter(({ count }) => count > 0)
    .sort((a, b) => b.count - a.count)
  return {
    excluded: all.filter(({ reason }) => !isGivenUp(reason)),
    unsent: all.filter(({ reason }) => isGivenUp(reason)),
  }
}

/** Whether a delivery that is `excluded` for this reason was only no longer sent */
export function isGivenUp(reason: string | null): boolean {
  return reason !== null && GIVEN_UP.has(reason)
}

/** Sum of the contacts of some reasons */
export function countOf(reasons: readonly ReasonCount[]): number {
  return reasons.reduce((sum, { count }) => sum + count, 0)
}

/** Says the reasons in words of the reader's language, with how many contacts each has; '' when there are none */
export function describeReasons(o: {
  reasons: readonly ReasonCount[]
  t: (key: string, data?: Record<string, unknown>) => string
}): string {
  return o.reasons
    .map(({ reason, count }) =>
      o.t('campaigns.figures.excluded_reason', {
        reason: o.t(`campaigns.excluded.${reason}`),
        count,
      })
    )
    .join(' · ')
}
