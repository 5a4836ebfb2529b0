import { defineConfig } from '@adonisjs/core/bodyparser'
import { BODY_LIMIT } from '#core/http/middleware/uploads'

export default defineConfig({
  allowedMethods: ['POST', 'PUT', 'PATCH', 'DELETE'],
  form: {
    convertEmptyStringsToNull: true,
    limit: BODY_LIMIT,
    types: ['application/x-www-form-urlencoded'],
  },
  json: {
    convertEmptyStringsToNull: true,
    limit: BODY_LIMIT,
    types: ['application/json', 'application/json; charset=utf-8'],
  },
  /** Files are read by the one route that takes them: see core/http/middleware/bodies_middleware.ts */
  multipart: {
    autoProcess: false,
    convertEmptyStringsToNull: true,
    processManually: [],
    types: ['multipart/form-data'],
  },
  raw: { types: [] },
})
