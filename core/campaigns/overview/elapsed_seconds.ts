import type { LiveFigures } from './live_figures.js'

/** Seconds that the run has taken: since its launch, until its end once it is over; null before */
export function elapsedSeconds(
  figures: Pick<LiveFigures, 'launchedAt' | 'finishedAt'>,
  now: Date
): number | null {
  if (!figures.launchedAt) return null
  const until = figures.finishedAt ?? now
  return Math.max(0, Math.round((until.getTime() - figures.launchedAt.getTime()) / 1000))
}
