/**
 * Condition in SQL: the contact `c` stands in a list of the account that is `$1`, or no list is asked for.
 *
 * @param list the placeholder of the list's id, null for all contacts: `$2`
 */
export const inListOrAll = (list: string): string => `(${list}::uuid is null or exists (
  select from contact_list_members m join contact_lists l on l.id = m.list_id
   where m.contact_id = c.id and l.id = ${list}::uuid and l.account_id = $1::uuid))`
