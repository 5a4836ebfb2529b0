/** One entry of a rail */
export type NavEntry = {
  readonly key: string
  /** A translation key */
  readonly label: string
  readonly href: string
  readonly symbol: string
  /** Shown only to staff who may; absent when everybody may */
  readonly permission?: string
}

/** What a page shows of an entry */
export type NavItem = {
  readonly key: string
  readonly label: string
  readonly href: string
  readonly symbol: string
  readonly active: boolean
}

export const PORTAL_NAV: readonly NavEntry[] = [
  { key: 'home', label: 'ui.nav.home', href: '/portal', symbol: 'home' },
  {
    key: 'campaigns',
    label: 'ui.nav.campaigns',
    href: '/portal/campaigns',
    symbol: 'speakerphone',
  },
  { key: 'contacts', label: 'ui.nav.contacts', href: '/portal/contacts', symbol: 'users' },
  { key: 'inbox', label: 'ui.nav.inbox', href: '/portal/inbox', symbol: 'inbox' },
  { key: 'templates', label: 'ui.nav.templates', href: '/portal/templates', symbol: 'template' },
  { key: 'wallet', label: 'ui.nav.wallet', href: '/portal/wallet', symbol: 'wallet' },
  { key: 'settings', label: 'ui.nav.settings', href: '/portal/settings', symbol: 'settings' },
]

export const ADMIN_NAV: readonly NavEntry[] = [
  { key: 'home', label: 'ui.nav.dashboard', href: '/admin', symbol: 'layout-dashboard' },
  { key: 'clients', label: 'ui.nav.clients', href: '/admin/clients', symbol: 'building' },
  { key: 'campaigns', label: 'ui.nav.campaigns', href: '/admin/campaigns', symbol: 'speakerphone' },
  { key: 'engine', label: 'ui.nav.engine', href: '/admin/engine', symbol: 'engine' },
  { key: 'services', label: 'ui.nav.services', href: '/admin/services', symbol: 'receipt-2' },
  { key: 'plugins', label: 'ui.nav.plugins', href: '/admin/plugins', symbol: 'puzzle' },
  { key: 'opt-words', label: 'ui.nav.opt_words', href: '/admin/opt-words', symbol: 'message-off' },
  { key: 'staff', label: 'ui.nav.staff', href: '/admin/staff', symbol: 'user-shield' },
  { key: 'sandbox', label: 'ui.nav.sandbox', href: '/admin/sandbox', symbol: 'flask' },
]

/**
 * The navigation of a face, in the words of the page. The active entry is the longest one whose address begins the path.
 *
 * @param entries - one of the lists above
 * @param o.path - the path of the page, without query
 * @param o.t - the translator of the page
 * @param o.may - says whether an entry with a permission is shown
 */
export function pageNav(
  entries: readonly NavEntry[],
  o: { path: string; t: (key: string) => string; may?: (permission: string) => boolean }
): NavItem[] {
  const best = entries
    .filter(({ href }) => o.path === href || o.path.startsWith(`${href}/`))
    .sort((a, b) => b.href.length - a.href.length)[0]

  return entries
    .filter(({ permission }) => !permission || (o.may?.(permission) ?? true))
    .map((entry) => ({
      key: entry.key,
      label: o.t(entry.label),
      href: entry.href,
      symbol: entry.symbol,
      active: entry === best,
    }))
}
