import type { Waiting } from './waiting_for.js'

/** Something that waits, with the page that moves it on */
export function waitingRow(one: Waiting) {
  return { kind: one.kind, name: one.name, at: one.at, amount: one.amount, href: placeOf(one) }
}

function placeOf(one: Waiting): string {
  switch (one.kind) {
    case 'empty_wallet':
      return '/portal/wallet'
    case 'import_mapping':
    case 'import_failed':
      return `/portal/contacts/imports/${one.id}`
    case 'draft':
    case 'quoted':
    case 'paid':
    case 'paused':
    case 'failed':
    case 'missing_money':
      return `/portal/campaigns/${one.id}`
  }
}
