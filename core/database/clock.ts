/** Where the time comes from. Verbs take a moment, `now`; what lasts longer than a moment takes a clock */
export type Clock = { readonly now: () => Date }

/**
 * The clock of this machine. A request reads it once (`ctx.now`), a task when it begins; whatever they call is given the time,
 * so that a test can set it. ESLint refuses `new Date()` elsewhere in the kernel.
 */
export const systemClock: Clock = { now: () => new Date() }
