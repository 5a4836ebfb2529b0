import { contactFieldNames } from '#core/audience/contacts/contact_field_names'
import { unknownFields } from '../liquid/unknown_fields.js'

export type MessageWarnings = {
  /** Names that nobody has; `none` where no other name is near */
  readonly unknown: readonly { readonly name: string; readonly nearest: string }[]
  /** The law asks for the sender's postal address in commercial messages, and the account has none */
  readonly noAddress: boolean
}

/**
 * What a client should know about a message before it is sent, though it can be.
 *
 * @param o.sources what was written, by the name of its part
 */
export async function messageWarnings(o: {
  account: { readonly id: string; readonly address: string }
  sources: Readonly<Record<string, string>>
}): Promise<MessageWarnings> {
  const fields = await contactFieldNames(o.account.id)
  const found = Object.entries(o.sources).flatMap(([part, source]) =>
    unknownFields({ part, source, fields })
  )
  return {
    unknown: [...new Map(found.map((field) => [field.name, field])).values()].map(
      ({ name, nearest }) => ({ name, nearest: nearest ?? 'none' })
    ),
    noAddress: o.account.address.trim() === '',
  }
}
