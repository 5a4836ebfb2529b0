import ContactList from '../models/contact_list.js'

/**
 * Deletes a list. Its contacts stay; campaigns that ran keep their frozen audience.
 *
 * @throws E_ROW_NOT_FOUND when the account has no such list
 */
export async function deleteList(o: { accountId: string; listId: string }): Promise<void> {
  const list = await ContactList.in(o.accountId).where('id', o.listId).firstOrFail()
  await list.delete()
}
