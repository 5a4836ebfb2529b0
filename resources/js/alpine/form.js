import { setBusy } from './submit_once.js'

/** A form that is sent once, and that warns before its changes are lost */
export const form = () => ({
  dirty: false,
  init() {
    this.leaving = (event) => {
      if (this.dirty && this.$root.dataset.guard) event.preventDefault()
    }
    this.again = () => setBusy(this.$root, false)
    window.addEventListener('beforeunload', this.leaving)
    window.addEventListener('pageshow', this.again)
    this.goToFirst()
  },
  /** A step is begun at its first field, not thirty stops before it; a telephone would cover the page with its keys */
  goToFirst() {
    const wanted = this.$root.dataset.first && matchMedia('(pointer: fine)').matches
    if (!wanted || location.hash || document.getElementById('error-summary')) return
    const fields = 'input:not([type=hidden]):not([disabled]), select, textarea'
    this.$root.querySelector(fields)?.focus({ preventScroll: true })
  },
  destroy() {
    window.removeEventListener('beforeunload', this.leaving)
    window.removeEventListener('pageshow', this.again)
  },
  touch() {
    this.dirty = true
  },
  send(event) {
    if (this.$root.dataset.sent) return event.preventDefault()
    this.dirty = false
    setBusy(this.$root, true)
  },
})
