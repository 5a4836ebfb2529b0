import type { I18n } from '@adonisjs/i18n'
import type { FormSchema } from '#core/http/forms/schema_fields'
import { ChannelUnavailableError } from '#core/plugins/errors'
import pluginKernel from '#core/plugins/main'

/**
 * The form of a channel's brief. A draft can be looked at and dropped also while its channel is away: then its form is empty, its
 * answers have no titles, and `unavailable` says why in a sentence.
 */
export function briefSchema(
  channelId: string,
  i18n: I18n
): { schema: FormSchema; unavailable: string } {
  try {
    const { channel } = pluginKernel.channel(channelId)
    return { schema: channel.brief, unavailable: '' }
  } catch (error) {
    if (!(error instanceof ChannelUnavailableError)) throw error
    const { key, data } = error.translation
    return { schema: {}, unavailable: i18n.t(key, data) }
  }
}
