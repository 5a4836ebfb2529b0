import { createWriteStream } from 'node:fs'
import { mkdir, rm } from 'node:fs/promises'
import { randomUUID } from 'node:crypto'
import { pipeline } from 'node:stream/promises'
import type { HttpContext } from '@adonisjs/core/http'
import type { NextFn } from '@adonisjs/core/types/http'
import { dataFolder } from '#core/database/app_root'
import { UPLOAD_LIMIT } from './uploads.js'

/**
 * Reads an uploaded file into the data folder, readable by its owner alone. It stands behind the sign-in and the token of the form, and
 * the file is gone at the end of the request unless a verb has moved it.
 */
export default class UploadMiddleware {
  async handle(ctx: HttpContext, next: NextFn) {
    const { request } = ctx
    if (!request.multipart) return next()
    const folder = dataFolder('tmp')
    await mkdir(folder, { recursive: true, mode: 0o700 })
    const written: string[] = []
    request.multipart.onFile('*', { deferValidations: true }, async (part, reporter) => {
      const tmpPath = `${folder}/${randomUUID()}`
      written.push(tmpPath)
      part.on('data', reporter)
      await pipeline(part, createWriteStream(tmpPath, { mode: 0o600 }))
      return { tmpPath }
    })
    try {
      await request.multipart.process({ limit: UPLOAD_LIMIT })
      return await next()
    } finally {
      await Promise.all(written.map((path) => rm(path, { force: true })))
    }
  }
}
