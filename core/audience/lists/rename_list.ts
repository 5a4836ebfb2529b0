import { ListNameTakenError } from '../errors.js'
import ContactList from '../models/contact_list.js'

/**
 * Gives a list another name.
 *
 * @throws ListNameTakenError, and E_ROW_NOT_FOUND when the account has no such list
 */
export async function renameList(o: {
  accountId: string
  listId: string
  name: string
}): Promise<void> {
  const name = o.name.trim()
  const taken = await ContactList.in(o.accountId)
    .where('name', name)
    .whereNot('id', o.listId)
    .first()
  if (taken) throw new ListNameTakenError(name)
  const list = await ContactList.in(o.accountId).where('id', o.listId).firstOrFail()
  await list.merge({ name }).save()
}
