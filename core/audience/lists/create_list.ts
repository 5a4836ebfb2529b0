import type { TransactionClientContract } from '@adonisjs/lucid/types/database'
import type { Actor } from '#core/database/actor'
import { ListNameTakenError } from '../errors.js'
import ContactList from '../models/contact_list.js'

/**
 * Creates an empty list.
 *
 * @param o.name 1 to 120 characters
 * @throws ListNameTakenError when the account has a list of that name
 */
export async function createList(o: {
  accountId: string
  name: string
  by: Actor
  trx?: TransactionClientContract
}): Promise<ContactList> {
  const list = new ContactList()
  if (o.trx) list.useTransaction(o.trx)
  list.merge({ accountId: o.accountId, name: o.name.trim() })
  try {
    return await list.save()
  } catch (error) {
    if ((error as { constraint?: string }).constraint === 'contact_lists_account_id_name_key')
      throw new ListNameTakenError(list.name)
    throw error
  }
}
