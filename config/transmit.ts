import { defineConfig } from '@adonisjs/transmit'

/* Workers reach the web processes through Postgres LISTEN/NOTIFY (core/reporting/live/live_bridge). */
export default defineConfig({ pingInterval: '30s', transport: null })
