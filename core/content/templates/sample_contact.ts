/** A person who does not exist, for previews of accounts that have no contact yet */
export const SAMPLE_CONTACT: Readonly<Record<string, string>> = {
  first_name: 'Awa',
  last_name: 'Koné',
  email: 'awa.kone@example.com',
  phone: '+2250700000000',
  city: 'Abidjan',
  country: 'CI',
  language: 'fr',
  birth_date: '12/05/1990',
  last_purchase: '15 000',
  note: 'VIP',
}
