import {
  Tag,
  type Context,
  type Emitter,
  type Liquid,
  type TagToken,
  type TopLevelToken,
} from 'liquidjs'

type Tracking = {
  readonly links: readonly string[]
  readonly pixel: string | null
  readonly hidden: string | null
}

/** What the kernel gave this rendering, whatever a template assigned to a variable of that name */
const trackingOf = (context: Context): Tracking | undefined =>
  (context.environments as { tracking?: Tracking }).tracking

/** The address of a tracked link, by its index */
class TrackedLink extends Tag {
  readonly #index: number

  constructor(token: TagToken, rest: TopLevelToken[], engine: Liquid) {
    super(token, rest, engine)
    this.#index = Number(token.args)
  }

  render(context: Context, out: Emitter): void {
    out.write(trackingOf(context)?.links[this.#index] ?? '')
  }
}

/**
 * A link out of sight, of the keyboard and of screen readers, then the pixel; each where there is one. Whoever follows the link
 * reads the source. It has no text, so it is no text to hide.
 */
class TrackingMarks extends Tag {
  render(context: Context, out: Emitter): void {
    const { hidden = null, pixel = null } = trackingOf(context) ?? {}
    if (hidden !== null)
      out.write(
        `<a href="${hidden}" tabindex="-1" aria-hidden="true" rel="nofollow" style="display:none"></a>`
      )
    if (pixel !== null)
      out.write(`<img src="${pixel}" width="1" height="1" alt="" style="display:block;border:0">`)
  }
}

/** How frozen content says where a tracked link leads */
export const trackedLink = (index: number) => `{% tracked_link ${index} %}`

/** What frozen HTML ends with */
export const TRACKING_MARKS = '{% tracking_marks %}'

const TRACKED_LINK = /\{% tracked_link (\d+) %\}/g

/** Links that frozen content tracks: one more than the highest index */
export function countTrackedLinks(source: string): number {
  let count = 0
  for (const match of source.matchAll(TRACKED_LINK)) count = Math.max(count, Number(match[1]) + 1)
  return count
}

/**
 * Teaches an engine the marks of frozen content. A message has a dozen of them: as tags of their own they are one call each,
 * where a variable is a walk of generators. The addresses are ours and have nothing to escape.
 */
export function addTrackingTags(engine: Liquid): void {
  engine.registerTag('tracked_link', TrackedLink)
  engine.registerTag('tracking_marks', TrackingMarks)
}
