import pluginKernel from '#core/plugins/main'
import { publishedServices } from './published_services.js'

/**
 * Services that are for sale and whose channel cannot be used now: its plugin is disabled, or has failed.
 *
 * @param o.locale language of the reader
 * @returns their titles
 */
export async function closedServices(o: { locale: string }): Promise<readonly string[]> {
  const services = await publishedServices.all()
  const usable = new Set(pluginKernel.channels().map((one) => one.channelId))
  return services
    .filter((service) => !usable.has(service.channel))
    .map(({ title }) => (o.locale === 'en' ? title.en : title.fr))
}
