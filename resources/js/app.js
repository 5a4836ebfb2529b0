/*
| Behaviour over pages that work without it. Alpine's CSP build reads names only: every behaviour is a component below.
*/
import Alpine from '@alpinejs/csp'
import { confirm } from './alpine/confirm.js'
import { chart } from './alpine/chart.js'
import { copy } from './alpine/copy.js'
import { draft } from './alpine/draft.js'
import { flash } from './alpine/flash.js'
import { focusHere } from './alpine/focus_here.js'
import { form } from './alpine/form.js'
import { fresh } from './alpine/fresh.js'
import { live } from './alpine/live.js'
import { menu } from './alpine/menu.js'
import { offline } from './alpine/offline.js'
import { submitOnce } from './alpine/submit_once.js'

document.documentElement.classList.add('has-js')

const components = {
  chart,
  confirm,
  copy,
  draft,
  flash,
  focusHere,
  form,
  fresh,
  live,
  menu,
  offline,
  submitOnce,
}
for (const [name, component] of Object.entries(components)) Alpine.data(name, component)

/* The device changed its mind while the page was open. */
if (document.querySelector('meta[name="color-scheme"][content="light dark"]')) {
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', ({ matches }) => {
    document.documentElement.dataset.bsTheme = matches ? 'dark' : 'light'
  })
}

/* `/` goes to the search of the page, as in most lists. */
document.addEventListener('keydown', (event) => {
  const typing = event.target.closest?.('input, textarea, select, [contenteditable]')
  const search = document.querySelector('[data-search]')
  if (event.key === '/' && !typing && search && !event.ctrlKey && !event.metaKey) {
    event.preventDefault()
    search.focus()
  }
})

Alpine.start()
