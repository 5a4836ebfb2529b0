import { defineConfig, stores } from '@adonisjs/limiter'
import type { InferLimiters } from '@adonisjs/limiter/types'

const limiterConfig = defineConfig({
  default: process.env.NODE_ENV === 'test' ? 'memory' : 'database',
  stores: {
    /** Its own connection: the library cannot count in bigint */
    database: stores.database({ tableName: 'rate_limits', connectionName: 'plain' }),
    memory: stores.memory({}),
  },
})

export default limiterConfig

declare module '@adonisjs/limiter/types' {
  export interface LimitersList extends InferLimiters<typeof limiterConfig> {}
}
