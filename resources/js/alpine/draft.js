/**
 * A long text that is being written: kept in this browser until it is saved, so that a lost session or a closed tab costs nothing, and
 * with a warning before the page is left. `data-draft` names what is written; `data-typed` says that the server showed it again unsaved.
 */
export const draft = () => ({
  dirty: false,
  init() {
    this.key = `draft:${this.$root.dataset.draft}`
    this.dirty = this.$root.dataset.typed === 'true'
    this.leaving = (event) => {
      if (this.dirty) event.preventDefault()
    }
    window.addEventListener('beforeunload', this.leaving)
    const kept = read(this.key)
    if (kept && !this.dirty) {
      if (same(kept, typed(this.$root))) localStorage.removeItem(this.key)
      else this.$refs.kept.hidden = false
    }
  },
  destroy() {
    window.removeEventListener('beforeunload', this.leaving)
  },
  touch(event) {
    if (event.target.name === 'contact') return
    this.dirty = true
    clearTimeout(this.timer)
    this.timer = setTimeout(() => this.keep(), 400)
  },
  /** Once saved, the page that follows finds what it shows and forgets it */
  send(event) {
    if (event.submitter?.formTarget) return
    this.keep()
    this.dirty = false
  },
  keep() {
    try {
      localStorage.setItem(this.key, JSON.stringify(typed(this.$root)))
    } catch (error) {
      console.warn('This browser has no room to keep what is written', error)
    }
  },
  restore() {
    for (const [name, value] of Object.entries(read(this.key) ?? {})) {
      const field = this.$root.elements[name]
      if (!field) continue
      if (field.type === 'checkbox') field.checked = value
      else field.value = value
    }
    this.dirty = true
    this.$refs.kept.hidden = true
  },
  forget() {
    localStorage.removeItem(this.key)
    this.$refs.kept.hidden = true
  },
})

const FIELDS = ['name', 'source', 'text_is_custom', 'text']

/** Line ends are those of the form, not of the page */
const typed = (form) =>
  Object.fromEntries(
    FIELDS.flatMap((name) => {
      const field = form.elements[name]
      if (!field) return []
      return [
        [name, field.type === 'checkbox' ? field.checked : field.value.replace(/\r\n/g, '\n')],
      ]
    })
  )

/** The text part is made anew at each save unless it is written by hand */
const same = (one, other) =>
  FIELDS.every(
    (name) => one[name] === other[name] || (name === 'text' && one.text_is_custom === false)
  )

function read(key) {
  try {
    return JSON.parse(localStorage.getItem(key) ?? 'null')
  } catch {
    return null
  }
}
