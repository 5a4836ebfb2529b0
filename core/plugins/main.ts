import app from '@adonisjs/core/services/app'
import { PluginKernel } from './plugin_kernel.js'

let pluginKernel: PluginKernel

/** The one plugin kernel of the process */
await app.booted(async () => {
  pluginKernel = await app.container.make(PluginKernel)
})

export { pluginKernel as default }
