import type { Trace } from './trace_delivery.js'
import { TRACE_STEPS } from './trace_steps.js'

/** Columns of an hour, and of the name of a step */
const AT = 23
const STEP = 10

/** A trace as lines for a terminal: what happened, and below the first of each step the files that do it */
export function traceLines(trace: Trace): string[] {
  const lines = [
    `${trace.key}  ${trace.address}  ${trace.state}`,
    `${trace.account} · ${trace.campaign}`,
    '',
  ]
  let last = ''
  for (const { step, at, what } of trace.steps) {
    const hour = at ? at.toISOString().replace('T', ' ').slice(0, AT) : ''
    lines.push(`${hour.padEnd(AT)}  ${step.padEnd(STEP)}  ${what}`)
    if (step !== last)
      for (const file of TRACE_STEPS[step]) lines.push(`${''.padEnd(AT + STEP + 4)}${file}`)
    last = step
  }
  return lines
}
