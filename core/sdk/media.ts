import type { ChannelCommon } from './channel.js'
import type { RunInfo } from './messaging.js'
import type { Text } from './text.js'

/** One call to the network. A launch is many calls that are not atomic, so each is recorded before the next */
export type Step = {
  readonly key: string
  readonly title: Text
  readonly payload?: Readonly<Record<string, unknown>>
}

export type StepOutcome =
  | { readonly status: 'done'; readonly providerKey?: string; readonly detail?: string }
  | { readonly status: 'failed'; readonly detail: string }
  | { readonly status: 'unknown'; readonly detail: string }

export type AppliedStep = Step & { readonly providerKey: string | null }

/** The total of a period so far: a day, or the whole run. A later report with the same key replaces the one before; the kernel charges the difference */
export type SpendReport = { readonly key: string; readonly units: Readonly<Record<string, number>> }

export type MediaChannel<Brief = any, Ctx = any> = ChannelCommon<Brief, Ctx> & {
  readonly kind: 'media'
  /** What will be done, in order. Pure; shown before approval */
  plan(ctx: Ctx, run: RunInfo<Brief>): readonly Step[]
  /** One step. Called again with the same key only after `failed` */
  apply(
    ctx: Ctx,
    run: RunInfo<Brief>,
    step: Step,
    done: readonly AppliedStep[]
  ): Promise<StepOutcome>
  /** Ends all spend for now. Called again for days when it throws, so it must be safe to call twice; so must `resume` */
  pause(ctx: Ctx, run: RunInfo<Brief>, done: readonly AppliedStep[]): Promise<void>
  resume(ctx: Ctx, run: RunInfo<Brief>, done: readonly AppliedStep[]): Promise<void>
  /** Ends all spend. The kernel calls it at the approved ceiling; it must be safe to call twice */
  stop(ctx: Ctx, run: RunInfo<Brief>, done: readonly AppliedStep[]): Promise<void>
  /** What was spent so far, and whether the network has ended by itself */
  observe(
    ctx: Ctx,
    run: RunInfo<Brief>,
    done: readonly AppliedStep[]
  ): Promise<{ readonly reports: readonly SpendReport[]; readonly ended: boolean }>
}
