import env from '#start/env'

/**
 * Hours for which an occurrence of a schedule may be late and is still made. One that is older when the system comes back is
 * recorded as missed, and its campaign's people see it.
 */
export const scheduleGraceHours = env.get('SCHEDULE_GRACE_HOURS') ?? 6
