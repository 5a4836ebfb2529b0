/*
| The web process tells browsers what workers do, brings the spool to Postgres, and keeps a copy of where links lead.
*/
import app from '@adonisjs/core/services/app'
import { startLiveBridge } from '#core/reporting/live/live_bridge'
import { closeFactIntake, factIntake } from '#core/facts/fact_intake'
import { closeEventBuffer } from '#core/tracking/intake/event_buffer'
import { startIntake } from '#core/tracking/intake/start_intake'

app.ready(async () => {
  if (app.getEnvironment() !== 'web') return
  const bridge = await startLiveBridge()
  const intake = startIntake()
  factIntake.startReplaying()
  app.terminating(async () => {
    await bridge.stop()
    await intake.stop()
    await closeEventBuffer()
    await closeFactIntake()
  })
})
