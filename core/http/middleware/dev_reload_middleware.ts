import type { HttpContext } from '@adonisjs/core/http'
import type { NextFn } from '@adonisjs/core/types/http'
import { RELOAD_SCRIPT } from '../pages/reload_script.js'

const VERSION = '/__dev/version'

/** Asks four times a second: a stream that stays open would hold the end of the process up */
const SCRIPT = `let seen = null
setInterval(async () => {
  const version = await fetch('${VERSION}').then((reply) => reply.text(), () => seen)
  if (seen !== null && version !== seen) location.reload()
  seen = version
}, 250)`

/** A process is a version, and so is each change that it was told of */
let changes = 0
process.on('message', (message: { reload?: true }) => {
  if (message.reload) changes += 1
})

/** Under `npm run dev` alone: pages load themselves anew when what they are made of has changed */
export default class DevReloadMiddleware {
  async handle({ request, response }: HttpContext, next: NextFn) {
    switch (request.url()) {
      case RELOAD_SCRIPT:
        return response.type('text/javascript').send(SCRIPT)
      case VERSION:
        return response.header('cache-control', 'no-store').send(`${process.pid}.${changes}`)
      default:
        return next()
    }
  }
}
