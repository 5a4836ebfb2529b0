import type { ChannelCommon } from './channel.js'
import type { RunInfo } from './messaging.js'
import type { Text } from './text.js'

/** A part of the work that ends with a deliverable and is paid when it is done */
export type Milestone = {
  readonly key: string
  readonly title: Text
  readonly units: Readonly<Record<string, number>>
}

export type MilestoneOutcome =
  | { readonly status: 'done'; readonly deliverable: string }
  /** A person or a later job completes it */
  | { readonly status: 'waiting'; readonly detail: string }
  | { readonly status: 'failed'; readonly detail: string }

export type EngagementChannel<Brief = any, Ctx = any> = ChannelCommon<Brief, Ctx> & {
  readonly kind: 'engagement'
  /** Opens the work and names its milestones */
  open(ctx: Ctx, run: RunInfo<Brief>): Promise<readonly Milestone[]>
  /** Moves one milestone on; called until it is done or failed */
  advance(ctx: Ctx, run: RunInfo<Brief>, milestone: Milestone): Promise<MilestoneOutcome>
  /** Ends the work, finished or not */
  close(ctx: Ctx, run: RunInfo<Brief>, how: 'finished' | 'cancelled'): Promise<void>
}
