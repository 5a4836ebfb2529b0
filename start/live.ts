/*
| The web process tells browsers what workers do; flushed and closed with the process.
*/
import app from '@adonisjs/core/services/app'
import { startLiveBridge } from '#core/reporting/live_bridge'
import { eventBuffer } from '#core/tracking/event_buffer'

app.ready(async () => {
  if (app.getEnvironment() !== 'web') return
  const bridge = await startLiveBridge()
  app.terminating(async () => {
    await bridge.stop()
    await eventBuffer.close()
  })
})
