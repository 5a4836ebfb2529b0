import type { HttpContext } from '@adonisjs/core/http'
import type { NextFn } from '@adonisjs/core/types/http'
import { UploadRefusedError } from '../errors.js'
import { UPLOAD_PATH } from './uploads.js'

/**
 * Refuses files before a byte of them is read, at every address but the one that takes them, and before anybody asks who sends them. Of
 * whatever was not read when its answer has left the rest is not waited for: the connection ends.
 */
export default class StrayBodiesMiddleware {
  handle({ request, response }: HttpContext, next: NextFn) {
    if (!request.hasBody()) return next()
    response.onFinish(() => {
      if (!request.request.complete) request.request.destroy()
    })
    const isMultipart = request.header('content-type')?.toLowerCase().startsWith('multipart/')
    if (isMultipart && request.url() !== UPLOAD_PATH && !IGNORED.test(request.url())) {
      response.header('connection', 'close')
      throw new UploadRefusedError()
    }
    return next()
  }
}

/** Bodies of one-click unsubscriptions have no meaning, and webhooks read their own */
const IGNORED = /^\/(u|hooks)\//
