import { defineConfig, drivers } from '@adonisjs/core/encryption'
import { applicationKey } from '#core/database/application_key'

export default defineConfig({
  default: 'gcm',
  list: { gcm: drivers.aes256gcm({ id: 'gcm', keys: [applicationKey()] }) },
})
