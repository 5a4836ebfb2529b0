import { defineConfig } from '@adonisjs/core/bodyparser'

export default defineConfig({
  allowedMethods: ['POST', 'PUT', 'PATCH', 'DELETE'],
  form: { convertEmptyStringsToNull: true, types: ['application/x-www-form-urlencoded'] },
  json: {
    convertEmptyStringsToNull: true,
    types: ['application/json', 'application/json; charset=utf-8'],
  },
  multipart: {
    /** Uploads are streamed to disk by the framework; 1,000,000 contacts are about 120 MB */
    autoProcess: true,
    convertEmptyStringsToNull: true,
    processManually: [],
    limit: '512mb',
    types: ['multipart/form-data'],
  },
  raw: { types: [] },
})
